"""Every error a user can cause or meet, in one tree.

DatelineError                 shown to the user as one line, exit code 1
├── ReadError                 a file that cannot be read as an article (the run goes on)
├── TooManyFailuresError      a run was told to stop after so many of them
├── NotFoundError             a folder, file or article that is not there
├── LibraryError              the library on disk cannot be used
│   ├── NoLibraryError        nothing has been indexed yet
│   ├── MismatchError         built with another embedding model or splitter
│   └── BusyError             another process is writing
├── ModelError                weights missing, not fetched, or not what they should be
│   └── DigestError           the bytes do not have the expected SHA-256
├── WriterError               the language model cannot be reached, or failed
└── InputError                a question, date, option or question file that makes no sense

Messages say what happened, the value seen, and what to do. Abstaining is not an error:
it is a value of ``Answer.status``.
"""


class DatelineError(Exception):
    """Anything the user should read as one clear line instead of a traceback."""


class ReadError(DatelineError):
    """A file that cannot be read as an article; carries the path and the bare reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class TooManyFailuresError(DatelineError):
    """More files could not be read than a run was told to bear; carries their number."""

    def __init__(self, message: str, n_failures: int) -> None:
        super().__init__(message)
        self.n_failures = n_failures


class NotFoundError(DatelineError):
    """A folder, file or article that is not there."""


class LibraryError(DatelineError):
    """The library on disk cannot be used as it is."""


class NoLibraryError(LibraryError):
    """Nothing has been indexed yet."""


class MismatchError(LibraryError):
    """The library was built with another embedding model or splitter."""


class BusyError(LibraryError):
    """Another process is writing to the library; carries its process id where known."""

    def __init__(self, message: str, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class ModelError(DatelineError):
    """Model weights are missing or could not be fetched."""


class DigestError(ModelError):
    """A weights file whose SHA-256 is not the expected one."""


class WriterError(DatelineError):
    """The language model cannot be reached, refused, or stopped in mid-answer."""


class InputError(DatelineError):
    """A question, date, option or question file that makes no sense."""
