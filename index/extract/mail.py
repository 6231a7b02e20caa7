"""E-mail (.eml): a newsletter, or an article sent or forwarded, as the message shows it.

The plain text is read, or the HTML where the plain text is only a stub. Quoted replies and
signatures are not the article's, attachments stay closed, and the day of a forwarded article is
the one it was first sent on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path

from lxml import html

from index.dates import best_date, later_change
from index.errors import ReadError
from index.extract.clean import clean_line, join_paragraphs, n_words
from index.extract.header import outlet_name, read_header
from index.extract.html import read_html
from index.extract.mail_text import Earlier, earlier_message, own_paragraphs, unquoted
from index.extract.mime import header, header_day, leaves, parse_message, text_of
from index.extract.visible import parse, visible_text
from index.schema import Extracted, Failure

MIN_WORDS = 5
MIN_PLAIN_SHARE = 0.3  # of the words of the HTML; plain text with fewer is "view in your browser"
HEADER_PARAGRAPHS = 6  # at the top, among which byline and date line stand
MAX_FORWARDS = 5  # of a forwarded message
_PREFIX = re.compile(r"^\s*(?:re|aw|antw|sv|fwd?|wg|tr|rv)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_FORWARD = re.compile(r"^\s*(?:(?:re|aw)\s*:\s*)*(?:fwd?|wg|tr|rv)\s*:", re.IGNORECASE)
_QUOTES = (
    "//blockquote[@type='cite' or contains(@class, 'gmail_quote')]"
    " | //div[contains(@class, 'gmail_quote') or contains(@class, 'yahoo_quoted')]"
    " | //*[@id='divRplyFwdMsg']/following-sibling::* | //*[@id='divRplyFwdMsg']"
    " | //*[contains(@class, 'moz-cite-prefix')]"
)
_SIGNATURES = "//*[contains(@class, 'gmail_signature') or contains(@class, 'moz-signature')]"
_PERSON = re.compile(r"[A-ZÀ-Þ][\w'’.-]*(?: [A-ZÀ-Þa-z][\w'’.-]*){1,3}")
_MAILBOX = re.compile(r"[\w.+'-]{1,80}@(?P<domain>[\w.-]{1,200})")
_BRACKETS = re.compile(r"<[^<>]*>?|[\[(](?:mailto:)?$")
# Addresses there say nothing of where somebody writes.
_MAILBOXES = re.compile(
    r"^(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|aol|gmx|web|mail|proton"
    r"|protonmail|fastmail)\.(?:[a-z]{2,3}\.)?[a-z]{2,4}$"
)


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What a message says about itself: subject, sender and day, as written."""

    subject: str
    sender: str
    published: str | None

    @property
    def is_forward(self) -> bool:
        """Whether the subject says that the message passes on another one."""
        return bool(_FORWARD.match(self.subject))


def read_mail(path: Path, raw: bytes) -> Iterator[Extracted | Failure]:
    """Yield the article of an e-mail.

    Raises:
        ReadError: it is no e-mail, or there is too little text in it.
    """
    try:
        message = parse_message(raw)
        yield _article(path, message, MAX_FORWARDS)
    except ValueError as error:
        raise ReadError(str(path), str(error)) from error


def _article(path: Path, message: Message, max_forwards: int) -> Extracted:
    envelope = _Envelope(header(message, "Subject"), header(message, "From"), header_day(message))
    plain, page = _texts(message)
    earlier = earlier_message(plain or (visible_text(page) if page else ""))
    if earlier and (earlier.is_passed_on or envelope.is_forward):
        return _from_text(path, _passed_on(earlier, envelope), own_paragraphs(earlier.text))
    if earlier and plain:
        plain = earlier.above
    if envelope.is_forward:
        attached = _attached(message)
        if attached and max_forwards:
            return _article(path, attached, max_forwards - 1)
        envelope = replace(envelope, published=None)  # it is the day of passing it on
        plain = plain if own_paragraphs(plain) else unquoted(plain)
    flowed = any(part.get_param("format") == "flowed" for part in leaves(message))
    paragraphs = own_paragraphs(plain, is_flowed=flowed)
    return _from_text_or_page(path, envelope, paragraphs, page)


def _from_text_or_page(
    path: Path, envelope: _Envelope, paragraphs: list[str], page: str
) -> Extracted:
    """Return the article in the plain text, unless that is a stub beside the HTML."""
    page = _own_page(page, is_forward=envelope.is_forward)
    shown = visible_text(page) if page else ""
    n_plain = n_words(" ".join(paragraphs))
    if not page or (n_plain >= MIN_WORDS and n_plain >= MIN_PLAIN_SHARE * n_words(shown)):
        return _from_text(path, envelope, paragraphs)
    try:
        found = next(read_html(path, page))
    except ReadError:  # too short for a page, or laid out as none is
        return _from_text(path, envelope, own_paragraphs(shown) or paragraphs)
    if not isinstance(found, Extracted):
        raise ReadError(str(path), found.reason)
    return _completed(found, envelope)


def _texts(message: Message) -> tuple[str, str]:
    """Return (plain text, HTML) of what a message shows; "" for what it has not."""
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in leaves(message):
        if part.get_content_type() in texts:
            texts[part.get_content_type()].append(text_of(part))
    return "\n\n".join(texts["text/plain"]), "\n".join(texts["text/html"])


def _attached(message: Message) -> Message | None:
    """Return the message that is attached as a whole, or None."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            return inner if isinstance(inner, Message) else None
    return None


def _own_page(page: str, *, is_forward: bool) -> str:
    """Return the HTML without quoted replies and signatures; what is forwarded stays."""
    if not page.strip():
        return ""
    try:
        tree = parse(page)
    except ValueError:
        return page
    for element in tree.xpath(_SIGNATURES if is_forward else f"{_SIGNATURES} | {_QUOTES}"):
        if element.getparent() is not None:
            element.drop_tree()
    return str(html.tostring(tree, encoding="unicode"))


def _passed_on(earlier: Earlier, envelope: _Envelope) -> _Envelope:
    return _Envelope(earlier.subject or envelope.subject, earlier.sender, earlier.published)


def _from_text(path: Path, envelope: _Envelope, paragraphs: list[str]) -> Extracted:
    text = join_paragraphs(paragraphs, _title(envelope.subject))
    n = n_words(text)
    if n < MIN_WORDS:
        raise ReadError(str(path), f"only {n} words of text, quoted replies and signature left out")
    told = read_header(text.split("\n\n")[:HEADER_PARAGRAPHS])
    places = [("source", told.source), ("authors", told.authors), ("updated", told.updated)]
    printed = Extracted(
        text=text,
        source=told.source,
        authors=told.authors,
        published=told.published,
        published_from="byline" if told.published else "unknown",
        updated=told.updated,
        provenance=tuple((name, "byline") for name, value in places if value),
    )
    return _completed(printed, envelope)


def _completed(found: Extracted, envelope: _Envelope) -> Extracted:
    """Return what the body says about itself, with the title and day of the headers.

    The sender counts where the body names no outlet and no author.
    """
    title = _title(envelope.subject)
    person, outlet = _sender(envelope.sender)
    published, published_from = best_date(
        [("header", envelope.published), (found.published_from, found.published)]
    )
    places = dict(found.provenance)
    if title:
        places["title"] = "header"
    if outlet and not found.source:
        places["source"] = "header"
    if person and not found.authors:
        places["authors"] = "header"
    updated = later_change(published, found.updated)
    if not updated:
        places.pop("updated", None)
    return replace(
        found,
        text=join_paragraphs(found.text.split("\n\n"), title),
        title=title or found.title,
        source=found.source or outlet,
        authors=found.authors or ((person,) if person else ()),
        published=published,
        published_from=published_from,
        updated=updated,
        provenance=tuple(places.items()),
    )


def _title(subject: str) -> str:
    """Return a subject without the marks of replies and forwards."""
    while match := _PREFIX.match(subject):
        subject = subject[match.end() :]
    return clean_line(subject)


def _sender(sender: str) -> tuple[str, str]:
    """Return (person or "", outlet or "") of a From header.

    A name that reads like a person's is one unless the domain is made of it ("Harbour Daily" of
    harbourdaily.example); the outlet then is the domain, which a mailbox provider's never is.
    """
    address = _MAILBOX.search(sender)
    name = _BRACKETS.sub(" ", sender[: address.start()] if address else sender)
    name = clean_line(name).strip("'\" ")
    domain = (address["domain"] if address else "").lower().removeprefix("www.")
    domain = "" if _MAILBOXES.match(domain) else domain
    squeezed = re.sub(r"\W", "", name.lower())
    is_outlet = outlet_name(name) or (squeezed and squeezed in re.sub(r"\W", "", domain))
    if not is_outlet and _PERSON.fullmatch(name):
        return name, domain
    return "", name if n_words(name) else domain
