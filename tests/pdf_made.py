"""Small PDF files written by hand, so that a test says exactly what stands where on a page."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 612, 792  # points, US letter


def escaped(text: str) -> bytes:
    """The text as the inside of a PDF string, in the encoding the fonts below declare."""
    raw = text.encode("cp1252")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def line(text: str, x: float, y: float, size: float = 11, *, font: str = "F1") -> bytes:
    """One line whose baseline starts at (x, y), in points from the lower left corner."""
    return b"BT /%s %g Tf %g %g Td (%s) Tj ET\n" % (font.encode(), size, x, y, escaped(text))


def lines(
    texts: Sequence[str],
    x: float = 72,
    y: float = 700,
    *,
    size: float = 11,
    leading: float = 14,
) -> bytes:
    """Lines below one another; an empty one leaves a gap."""
    placed = enumerate(texts)
    return b"".join(line(text, x, y - n * leading, size) for n, text in placed if text)


def pdf(
    contents: Sequence[bytes],
    *,
    info: Mapping[str, str] | None = None,
    page_extra: bytes = b"",
    compress: bool = True,
) -> bytes:
    """A PDF with one page for each content stream. F1 is Helvetica, F2 has the fi ligature."""
    kids = b" ".join(b"%d 0 R" % (6 + 2 * n) for n in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(contents), kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding"
        b" << /BaseEncoding /WinAnsiEncoding /Differences [1 /fi] >> >>",
        b"<< %s >>"
        % b" ".join(b"/%s (%s)" % (k.encode(), escaped(v)) for k, v in (info or {}).items()),
    ]
    for n, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources"
            b" << /Font << /F1 3 0 R /F2 4 0 R >> >> %s >>" % (WIDTH, HEIGHT, 7 + 2 * n, page_extra)
        )
        objects.append(stream(content, compress=compress))
    return assembled(objects)


def stream(content: bytes, *, compress: bool = True, extra: bytes = b"") -> bytes:
    """A stream object, its content packed."""
    packed = zlib.compress(content, 9) if compress else content
    how = b"/Filter /FlateDecode " if compress else b""
    return b"<< /Length %d %s%s>>\nstream\n%s\nendstream" % (len(packed), how, extra, packed)


def assembled(objects: Sequence[bytes], trailer: bytes = b"/Info 5 0 R") -> bytes:
    """Objects numbered from 1, with the table that says where each of them is."""
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    n_objects = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\n"
        % (
            n_objects,
            table,
            n_objects,
            trailer,
        )
        + b"startxref\n%d\n%%%%EOF\n" % len(out)
    )
