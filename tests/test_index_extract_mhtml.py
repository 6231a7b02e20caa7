import base64
import quopri

import pytest

from index.errors import ReadError
from index.extract.mhtml import read_mhtml

LEDE = "The ferries between Calder and Norby stayed in port on Tuesday, the harbour master said."
NEXT = "Nobody could tell the passengers when the boats would sail again, and the hotel was full."
TEXT = f"{LEDE}\n\n{NEXT}\n\nThen the wind turned – and it rained for two days in Orle."
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT.split("\n\n"))
ADDRESS = "https://harbourpost.example/2021/05/12/ferries"


def page(head="", body=BODY):
    return (
        f"<html><head><title>Ferries stay in port</title>{head}</head><body>"
        f"<article><h1>Ferries stay in port</h1>{body}</article></body></html>"
    )


def part(text, *, kind="text/html", extra=""):
    quoted = quopri.encodestring(text.encode("utf-8")).decode("ascii")
    return (
        f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n"
        f"{extra}\n{quoted}"
    )


def saved(*parts, address=ADDRESS, start=""):
    bodies = "".join(f"--=edge\n{each}\n" for each in parts)
    return (
        "From: <Saved by Blink>\n"
        + (f"Snapshot-Content-Location: {address}\n" if address else "")
        + "Subject: Ferries stay in port\nDate: Thu, 3 Mar 2022 10:00:00 -0000\n"
        + f'MIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; {start}'
        + f'boundary="=edge"\n\n{bodies}--=edge--\n'
    )


def article(tmp_path, message):
    raw = message.encode("utf-8") if isinstance(message, str) else message
    (found,) = read_mhtml(tmp_path / "a.mhtml", raw)
    return found


def reason(tmp_path, message):
    with pytest.raises(ReadError) as error:
        list(read_mhtml(tmp_path / "a.mhtml", message.encode("utf-8")))
    return error.value.reason


def test_the_page_is_read_and_the_day_it_was_saved_is_not_its_date(tmp_path):
    picture = "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + (
        base64.encodebytes(bytes(range(200))).decode()
    )
    found = article(tmp_path, saved(part(page()), picture, address="https://x.example/ferries"))
    assert (found.text, found.title) == (TEXT, "Ferries stay in port")
    assert (found.published, found.published_from) == (None, "unknown")
    assert found.url == "https://x.example/ferries"
    assert ("url", "header") in found.provenance


def test_the_address_gives_the_day_where_the_page_has_none(tmp_path):
    found = article(tmp_path, saved(part(page())))
    assert (found.published, found.published_from) == ("2021-05-12", "url")


def test_what_the_page_says_of_itself_wins(tmp_path):
    head = (
        '<link rel="canonical" href="https://harbourpost.example/own">'
        '<meta property="article:published_time" content="2021-05-11T10:00:00Z">'
    )
    found = article(tmp_path, saved(part(page(head))))
    assert found.url == "https://harbourpost.example/own"
    assert (found.published, found.published_from) == ("2021-05-11", "meta")


def test_the_address_wins_over_a_printed_date_as_in_any_page(tmp_path):
    found = article(tmp_path, saved(part(page(body=f"<p>13 May 2021</p>{BODY}"))))
    assert (found.published, found.published_from) == ("2021-05-12", "url")


def test_the_address_of_the_part_serves_where_the_file_names_none(tmp_path):
    located = part(page(), extra="Content-Location: https://x.example/a\n")
    assert article(tmp_path, saved(located, address="")).url == "https://x.example/a"


@pytest.mark.parametrize("other", ["file:///home/a.html", "https://x.example/2021/ /a", "https://"])
def test_an_address_that_is_none_of_the_web_is_none(tmp_path, other):
    assert article(tmp_path, saved(part(page()), address=other)).url is None


def test_the_first_page_is_the_one_and_frames_are_not(tmp_path):
    frame = part(page(body="<p>Words of an advert in a frame.</p>" * 9))
    assert article(tmp_path, saved(part(page()), frame)).text == TEXT


def test_the_page_that_start_names_is_the_one(tmp_path):
    frame = part(page(body="<p>Words of an advert in a frame.</p>" * 9))
    root = part(page(), extra="Content-ID: <root@page>\n")
    assert article(tmp_path, saved(frame, root, start='start="<root@page>"; ')).text == TEXT


def test_a_page_alone_without_parts_is_read(tmp_path):
    assert article(tmp_path, f"Subject: x\n{part(page())}").text == TEXT


def test_another_encoding_is_decoded(tmp_path):
    text = page().replace("–", "-").replace("Orle", "Örle").encode("latin-1")
    encoded = base64.encodebytes(text).decode()
    kind = "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n"
    assert "in Örle." in article(tmp_path, saved(kind + encoded)).text


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (saved(part("Just text.", kind="text/plain")), "no HTML page in it; save it again"),
        (saved(), "no HTML page in it; save it again"),
        (saved(part("   ")), "no HTML page in it; save it again"),
        (page(), "no message: it has no headers"),
        (saved(part(page(body="<p>Too short.</p>"))), ""),
    ],
    ids=["no html", "no parts", "blank page", "html by another name", "no article"],
)
def test_what_holds_no_article_is_refused(tmp_path, message, expected):
    found = reason(tmp_path, message)
    assert found
    assert found.startswith(expected)


def test_absurd_nesting_is_refused(tmp_path):
    parts = "".join(
        f"Content-Type: multipart/related; boundary=b{n}\n\n--b{n}\n" for n in range(999)
    )
    assert reason(tmp_path, f"Subject: x\n{parts}").startswith("999 nested parts")


@pytest.mark.parametrize("share", range(1, 20))
def test_a_cut_file_gives_its_beginning_or_a_reason(tmp_path, share):
    whole = saved(part(page())).encode()
    try:
        found = list(read_mhtml(tmp_path / "a.mhtml", whole[: len(whole) * share // 20]))
    except ReadError:
        found = []
    assert all(TEXT.startswith(each.text[:40]) for each in found)


def test_a_change_before_the_day_in_the_address_is_dropped(tmp_path):
    changed = '<meta property="article:modified_time" content="2020-01-02">'
    found = article(tmp_path, saved(part(page(changed))))
    assert (found.published, found.published_from) == ("2021-05-12", "url")
    assert found.updated is None
    assert "updated" not in dict(found.provenance)


def test_a_message_that_only_says_that_it_has_parts_is_refused(tmp_path):
    raw = b"Content-Type: multipart/related; charset*=utf-8''%FF%00\n\n<p>K\xf6ln</p>\n"
    with pytest.raises(ReadError, match="no HTML page in it"):
        list(read_mhtml(tmp_path / "a.mhtml", raw))
