"""An archive of 1,000 files: 950 articles of every kind, and 50 files that are made to do harm.

Everything is made here, from words that mean nothing; no file needs a network or a tool.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pdf_made import assembled, lines, pdf, stream

N_ARTICLES = 950
N_HOSTILE = 50
MB = 1_000_000

ANY = ""  # any reason will do


@dataclass(frozen=True)
class Expected:
    """What reading the archive has to give: one article of each file, or a reason it matches."""

    articles: tuple[Path, ...]
    hostile: Mapping[Path, str]  # file -> a regular expression that its reason matches
    root: Path  # the folder to index

    @property
    def files(self) -> list[Path]:
        """All files, the hostile ones among the others."""
        return sorted([*self.articles, *self.hostile])


def make_archive(folder: Path) -> Expected:
    """Write the archive into ``folder / "archive"``; what links lead to lies beside it."""
    archive = folder / "archive"
    archive.mkdir(parents=True)
    articles = tuple(_write_article(archive, n) for n in range(N_ARTICLES))
    hostile = dict(_files(archive))
    hostile.update(_odd_names(archive))
    hostile.update(_no_files(archive))
    assert len(hostile) == N_HOSTILE, f"{len(hostile)} hostile files"
    return Expected(articles, hostile, archive)


# Articles


def story(n: int) -> str:
    """The text of an article that no other has."""
    return (
        f"Ferry number {n} stayed in the harbour of Orle on Monday, its captain said. "
        f"The union of deck hands had called a strike over {n} hours of work. "
        f"About {n + 200} people waited on the pier until the evening, the harbour office said."
    )


def paragraphs(n: int) -> list[str]:
    """The same text and what followed on two more days."""
    return [
        story(n),
        f"On Tuesday the owners of ferry {n} offered talks in the town hall of Calder. "
        "Nobody from the union came, the mayor of Calder said in the afternoon.",
        f"Buses carried {n + 30} people to the next harbour on Wednesday. "
        "The strike goes on until both sides agree, a speaker for the union said.",
    ]


def page(n: int) -> str:
    """A saved page with an article and a menu."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs(n))
    return (
        f"<html><head><title>Ferry {n} stays in port</title></head><body><nav><a href='/'>Home</a>"
        f"</nav><article><h1>Ferry {n} stays in port</h1>{body}</article></body></html>"
    )


def record(n: int) -> dict[str, str]:
    """A record of an export."""
    return {"id": f"r{n}", "title": f"Ferry {n}", "date": "2021-03-04", "text": story(n)}


def table(n: int) -> str:
    """An export of one row."""
    return f'id,title,date,text\nr{n},Ferry {n},2021-03-04,"{story(n)}"\n'


def feed(n: int) -> str:
    """A feed of one entry with its full text."""
    body = "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in paragraphs(n))
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Orle Gazette</title><item><title>Ferry {n}</title><guid>r{n}</guid>"
        f"<content:encoded>{body}</content:encoded></item></channel></rss>"
    )


def mail(n: int) -> str:
    """A newsletter of one article."""
    return (
        f"From: Orle Gazette <news@gazette.example>\nSubject: Ferry {n} stays in port\n"
        "Date: Thu, 4 Mar 2021 10:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
        + "\n\n".join(paragraphs(n))
    )


def print_(n: int) -> bytes:
    """A page of a PDF."""
    words = " ".join(paragraphs(n)).split()
    rows = [" ".join(words[at : at + 12]) for at in range(0, len(words), 12)]
    return pdf([lines(rows)])


def document(*, body: str, extra: Mapping[str, bytes] | None = None) -> bytes:
    """A DOCX file whose document is ``body``, in the words of its own XML."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
        ).encode(),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{relation}" Target="word/document.xml"/></Relationships>'
        ).encode(),
        "word/document.xml": body.encode(),
        **(extra or {}),
    }
    return packed(parts)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def word_body(inner: str, before: str = "") -> str:
    """The XML of a Word document."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'{before}<w:document xmlns:w="{space}"><w:body>{inner}</w:body></w:document>'


def word(n: int) -> bytes:
    """A Word document of some paragraphs."""
    inner = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs(n))
    return document(body=word_body(inner))


def saved(n: int) -> bytes:
    """A page as a browser saves it into one file."""
    body = base64.encodebytes(page(n).encode())
    head = (
        "From: <Saved by Blink>\nSubject: Ferry\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; type="text/html"; boundary="cut"\n\n--cut\n'
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n"
        "Content-Location: https://gazette.example/ferry\n\n"
    )
    return head.encode() + body + b"\n--cut--\n"


Make = Callable[[int], "bytes | str"]

KINDS: Mapping[str, Make] = {
    ".txt": lambda n: "\n\n".join(paragraphs(n)),
    ".md": lambda n: f"---\ntitle: Ferry {n}\n---\n\n" + "\n\n".join(paragraphs(n)),
    ".html": page,
    ".json": lambda n: json.dumps([record(n)]),
    ".jsonl": lambda n: json.dumps(record(n)) + "\n",
    ".csv": table,
    ".tsv": lambda n: f"id\ttitle\ttext\nr{n}\tFerry {n}\t{story(n)}\n",
    ".rss": feed,
    ".xml": feed,
    ".eml": mail,
    ".pdf": print_,
    ".docx": word,
    ".mhtml": saved,
}
"""Suffix -> what makes a file of it with one article, from the number that tells it apart."""


def _write_article(archive: Path, n: int) -> Path:
    kinds = sorted(KINDS)
    suffix = kinds[n % len(kinds)]
    content = KINDS[suffix](n)
    raw = content.encode() if isinstance(content, str) else content
    if n % 10 == 7:
        suffix, raw = f"{suffix}.gz", gzip.compress(raw)
    path = archive / f"{n:04}{suffix}"
    path.write_bytes(raw)
    return path


# Harm, as the content of a file

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<!DOCTYPE a [<!ENTITY l0 "ha ha ha">{LAUGHS}]>'
YAML_LAUGHS = "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 12))


def _harm() -> Iterator[tuple[str, str, bytes | str]]:
    """Yield (name, what its reason matches, content)."""
    yield from _pages()
    yield from _texts()
    yield from _exports()
    yield from _feeds()
    yield from _prints()
    yield from _packages()


def _pages() -> Iterator[tuple[str, str, bytes | str]]:
    yield "60 MB.html", "too large", b"<p>ferry " * (60 * MB // 9)
    yield "table.html", ANY, "<table>" + "<tr><td>1</td><td>2</td></tr>" * 300_000
    yield "nested.html", ANY, "<div>" * 100_000 + "ferry"
    yield "laughs.html", ANY, f"{LAUGHS}<html><body><p>&l11;</p></body></html>"
    yield "columns.html", ANY, '<table><tr><td colspan="1000000000" rowspan="99999">x</td></table>'
    yield "attributes.html", ANY, "<p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x</p>"
    yield "comment.html", ANY, "<html><body><!--" + "ferry - " * MB
    yield "hidden.html", ANY, f"<p hidden>{story(1)}</p><div style='display:none'>{story(2)}</div>"
    yield "surrogates.html", ANY, "<p>" + "&#xD800;&#xDFFF;&#x110000;&#0;" * 10_000 + "</p>"
    yield "picture.html", "binary", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40
    yield "bomb.html.gz", "too large|bomb", gzip.compress(b"<p>" * (20 * MB), 1)
    yield "cut.html.gz", "gzip", gzip.compress(os.urandom(5000))[:2000]


def _texts() -> Iterator[tuple[str, str, bytes | str]]:
    yield "empty.txt", "empty", b""
    yield "zeros.txt", "binary", b"\0" * 10_000
    yield "25 MB.txt", "too large", b"ferry " * (25 * MB // 6)
    yield "plain.txt.gz", "gzip", story(1)
    yield "laughs.md", ANY, f"---\nb0: &b0 [ha, ha]\n{YAML_LAUGHS}---\n"
    yield "nested.md", ANY, "---\na: " + "[" * 100_000 + "\n---\n"
    yield "program.txt", "binary", b"MZ" + bytes(100)


def _exports() -> Iterator[tuple[str, str, bytes | str]]:
    yield "nested.json", "nested", "[" * MB
    yield "objects.json", ANY, '{"text":' * 100_000
    yield "number.json", ANY, "[" + "9" * (5 * MB) + "]"
    yield "nothing.json", "empty list", "[]"
    yield "line.jsonl", "longer than 20 MB", b'{"text": "' + b"ferry " * (50 * MB // 6) + b'"}\n'
    yield "nested.jsonl", "nested", '{"a":' * MB
    yield "surrogates.jsonl", ANY, '{"text": "' + r"\ud800" * 1000 + '"}\n'
    yield "bomb.jsonl.gz", "bomb", gzip.compress((b" " * 9999 + b"\n") * 10_000)
    yield "row.csv", ANY, b'title,text\n"' + b"ferry," * (40 * MB // 6)
    yield "zeros.csv", "binary", b"title,text\n" + b"\0" * 10_000


def _feeds() -> Iterator[tuple[str, str, bytes | str]]:
    item = "<item><title>A</title><description>&{};</description></item>"
    yield "laughs.rss", ANY, f"{LAUGHS}<rss><channel>{item.format('l11')}</channel></rss>"
    outside = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield "outside.xml", ANY, f"{outside}<rss><channel>{item.format('x')}</channel></rss>"
    yield "nested.atom", ANY, "<feed>" + "<entry>" * 500_000


def _prints() -> Iterator[tuple[str, str, bytes | str]]:
    bomb = zlib.compress(b"BT (ferry) Tj ET\n" * (7 * MB), 1)
    filtered = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(bomb)
    head = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
        b" /Resources << /XObject << /F 4 0 R >> >> >>",
    ]
    yield "bomb.pdf", ANY, assembled([*head, filtered + bomb + b"\nendstream"])
    yield "form.pdf", ANY, assembled([*head, stream(b"/F Do", compress=False)])
    loop = [head[0], b"<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] /Parent 2 0 R >>"]
    yield "loop.pdf", ANY, assembled(loop)
    yield "nested.pdf", ANY, assembled([b"[" * 100_000, *head[1:]])
    yield "page.pdf", "not a PDF", page(1)


def _packages() -> Iterator[tuple[str, str, bytes | str]]:
    big = word_body("<w:p><w:r><w:t>" + "ferry " * (10 * MB) + "</w:t></w:r></w:p>")
    yield "bomb.docx", ANY, document(body=big)
    laughing = word_body("<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>", before=LAUGHS)
    yield "laughs.docx", ANY, document(body=laughing)
    yield "nested.docx", ANY, document(body=word_body("<w:p>" * 200_000))
    yield "other.docx", ANY, packed({"../../../escaped.txt": b"x"})
    parts = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(5000)
    )
    yield "nested.eml", ANY, f"Subject: x\nMIME-Version: 1.0\n{parts}\nx"
    yield "garbage.mhtml", ANY, b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + b"\xff\xfe" * 99


def _files(archive: Path) -> Iterator[tuple[Path, str]]:
    for name, reason, content in _harm():
        path = archive / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        yield path, reason


def _odd_names(archive: Path) -> Iterator[tuple[Path, str]]:
    """Write files whose names are the harm, or that are named as what they are not."""
    for name in ("a\nb\x1b[31m.txt", "l" * 251 + ".txt", "up\\..\\..\\up.txt"):
        (archive / name).write_bytes(b"")
        yield archive / name, "empty"


def _no_files(archive: Path) -> Iterator[tuple[Path, str]]:
    """Make what has the name of an article and is no file."""
    outside = archive.parent / "outside.txt"
    outside.write_text(story(0), "utf-8")
    os.mkfifo(archive / "pipe.txt")
    yield archive / "pipe.txt", "not a regular file"
    for name, target, reason in (
        ("outside.txt", outside, "leads out"),
        ("loop.txt", archive / "loop.txt", "itself"),
        ("zero.txt", Path("/dev/zero"), "leads out|not a regular"),
    ):
        (archive / name).symlink_to(target)
        yield archive / name, reason
