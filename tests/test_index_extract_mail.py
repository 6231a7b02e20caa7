import base64
import quopri
import textwrap

import pytest

from index.errors import ReadError
from index.extract.mail import read_mail
from index.extract.mime import MAX_NESTED

LEDE = "The ferries between Calder and Norby stayed in port on Tuesday, the harbour master said."
NEXT = "Nobody could tell the passengers when the boats would sail again, and the hotel was full."
TOP = (
    "From: The Harbour Post <news@harbourpost.example>\nTo: reader@home.example\n"
    "Subject: Ferries stay in port\nDate: Wed, 12 May 2021 23:30:00 -0700\nMessage-ID: <1@x>\n"
)
PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"


def article(tmp_path, message):
    raw = message.encode("utf-8") if isinstance(message, str) else message
    (found,) = read_mail(tmp_path / "a.eml", raw)
    return found


def text_of(tmp_path, body, *, top=TOP, kind=PLAIN):
    return article(tmp_path, top + kind + body).text


def reason(tmp_path, message):
    raw = message.encode("utf-8") if isinstance(message, str) else message
    with pytest.raises(ReadError) as error:
        list(read_mail(tmp_path / "a.eml", raw))
    return error.value.reason


def multipart(*parts, kind="alternative"):
    bodies = "".join(f"--=frontier\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=frontier"\n\n{bodies}--=frontier--\n'


def html_part(body):
    return f"Content-Type: text/html; charset=utf-8\n\n<html><body>{body}</body></html>"


PAGE = f"<p>{LEDE}</p><p>{NEXT}</p><p>Then the wind turned and it rained for two days.</p>"
PAGE_TEXT = f"{LEDE}\n\n{NEXT}\n\nThen the wind turned and it rained for two days."


def test_headers_and_text_make_the_article(tmp_path):
    found = article(tmp_path, f"{TOP}{PLAIN}{LEDE}\n\n{NEXT}\n")
    assert found.text == f"{LEDE}\n\n{NEXT}"
    assert (found.title, found.source) == ("Ferries stay in port", "The Harbour Post")
    assert (found.published, found.published_from) == ("2021-05-12", "header")
    assert (found.authors, found.record, found.url) == ((), None, None)
    assert dict(found.provenance) == {"title": "header", "source": "header"}


def test_what_the_body_says_wins_over_the_sender(tmp_path):
    body = f"Ferries stay in port\n\nBy Ana Roe, The Norby Times\n\n{LEDE}\n"
    found = article(tmp_path, TOP + PLAIN + body)
    assert (found.authors, found.source) == (("Ana Roe",), "The Norby Times")
    assert dict(found.provenance) == {"title": "header", "source": "byline", "authors": "byline"}
    assert found.text.startswith("By Ana Roe")


@pytest.mark.parametrize(
    ("sender", "authors", "source"),
    [
        ("Ana Roe <ana@harbourpost.example>", ("Ana Roe",), "harbourpost.example"),
        ("Ana Roe <ana.roe@gmail.com>", ("Ana Roe",), ""),
        ("Harbour Notes <hi@harbournotes.example>", (), "Harbour Notes"),
        ("news@harbourpost.example", (), "harbourpost.example"),
        ('"news@harbourpost.example" <news@harbourpost.example>', (), "harbourpost.example"),
        ("=?utf-8?q?Zo=C3=AB_M=C3=BCller?= <z@post.example>", ("Zoë Müller",), "post.example"),
        ("z@post.example (Zoë Müller)", (), "post.example"),
        ("Zoë Müller [mailto:z@post.example]", ("Zoë Müller",), "post.example"),
        ("The Norby Times", (), "The Norby Times"),
        ("", (), ""),
    ],
)
def test_the_sender_is_outlet_or_author(tmp_path, sender, authors, source):
    found = article(tmp_path, f"From: {sender}\nSubject: Ferries stay\n{PLAIN}{LEDE}\n")
    assert (found.authors, found.source) == (authors, source)


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: Fwd: AW: Ferries stay", "Ferries stay"),
        ("=?utf-8?b?RsOkaHJlbg==?= =?utf-8?q?_bleiben?=", "Fähren bleiben"),
        ("=?utf-8?q?Ferries?=\n =?utf-8?q?_stay?=", "Ferries stay"),
        ("=?no-such-charset?q?Ferries?=", "Ferries"),
        ("=?utf-8?b?!!!?= Ferries", "Ferries"),
        ("Fähren bleiben", "Fähren bleiben"),
        ("Regatta: who won", "Regatta: who won"),
        ("", ""),
    ],
)
def test_subjects_are_decoded_and_lose_the_marks_of_replies(tmp_path, subject, title):
    found = article(tmp_path, f"From: a@b.example\nSubject: {subject}\n{PLAIN}{LEDE}\n")
    assert found.title.endswith(title)
    assert bool(found.title) == bool(title)


@pytest.mark.parametrize("date", ["32 Foo 2021", "", "Wed, 12 May 2199 10:00:00 +0000", "12 May"])
def test_a_date_that_is_none_is_unknown(tmp_path, date):
    found = article(tmp_path, f"From: a@b.example\nDate: {date}\n{PLAIN}{LEDE}\n")
    assert (found.published, found.published_from) == (None, "unknown")


def test_a_date_line_counts_where_the_header_has_none(tmp_path):
    found = article(tmp_path, f"From: a@b.example\nSubject: x\n{PLAIN}12 May 2021\n\n{LEDE}\n")
    assert (found.published, found.published_from) == ("2021-05-12", "byline")


def test_lines_wrapped_by_the_program_are_joined(tmp_path):
    wrapped = textwrap.fill(f"{LEDE} {NEXT}", 72)
    body = f"{wrapped}\n\n{wrapped}"
    assert text_of(tmp_path, body) == f"{LEDE} {NEXT}\n\n{LEDE} {NEXT}"


def test_flowed_text_is_joined_where_it_says_so(tmp_path):
    kind = "Content-Type: text/plain; charset=utf-8; format=flowed\n\n"
    body = "The ferries stayed \nin port on Tuesday.\nNobody knew why.\n-- \nAna Roe\n"
    expected = "The ferries stayed in port on Tuesday.\n\nNobody knew why."
    assert text_of(tmp_path, body, kind=kind) == expected


@pytest.mark.parametrize(
    "tail",
    [
        "-- \nAna Roe\nHarbour Street 4",
        "--\nAna Roe",
        "On Mon, 3 May 2021 at 10:00, Bo Lind <bo@x.example> wrote:\n> What is new?\n> Tell me.",
        "On Mon, 3 May 2021 at 10:00, Bo Lind\n<bo@x.example> wrote:\n\n> What is new?",
        "-----Original Message-----\nFrom: Bo Lind\nSent: Monday\nSubject: News\n\nWhat is new?",
        "From: Bo Lind\nSent: Monday, 3 May 2021\nTo: Ana\nSubject: News\n\nWhat is new?",
    ],
    ids=["signature", "without a space", "quote", "wrapped", "original message", "outlook"],
)
def test_signatures_and_quoted_replies_are_cut(tmp_path, tail):
    assert text_of(tmp_path, f"{LEDE}\n\n{NEXT}\n\n{tail}\n") == f"{LEDE}\n\n{NEXT}"


def test_a_reply_between_quotes_stays(tmp_path):
    body = f"Bo wrote:\n> What is new?\n{LEDE}\n> And then?\n{NEXT}\n"
    assert text_of(tmp_path, body) == f"Bo wrote:\n\n{LEDE}\n\n{NEXT}"


def test_addresses_of_links_and_rules_are_cut(tmp_path):
    body = (
        f"{LEDE} <https://x.example/a?b=c>\n\n=======\nhttps://x.example/view\n\n"
        f"{NEXT} (https://x.example/d)\n"
    )
    assert text_of(tmp_path, body) == f"{LEDE}\n\n{NEXT}"


FORWARD_TOP = TOP.replace("Subject: ", "Subject: Fwd: ").replace("The Harbour Post", "Bo Lind")
FORWARDS = {
    "gmail": "Read this!\n\n---------- Forwarded message ---------\n"
    "From: The Norby Times <n@t.example>\nDate: Mon, 3 May 2021 at 10:00\n"
    "Subject: Boats lie still\nTo: <bo@x.example>\n\n",
    "outlook": "Read this!\n\nFrom: The Norby Times\nSent: Monday, 3 May 2021 10:00\n"
    "To: Bo Lind\nSubject: Boats lie still\n\n",
    "apple": "Begin forwarded message:\n\n> From: The Norby Times <n@t.example>\n"
    "> Subject: Boats lie still\n> Date: 3 May 2021 at 10:00:00 CEST\n> \n> ",
}


@pytest.mark.parametrize("how", FORWARDS)
def test_what_is_forwarded_is_the_article(tmp_path, how):
    found = article(tmp_path, f"{FORWARD_TOP}{PLAIN}{FORWARDS[how]}{LEDE}\n")
    assert found.text == LEDE
    assert (found.title, found.source) == ("Boats lie still", "The Norby Times")
    assert (found.published, found.published_from, found.authors) == ("2021-05-03", "header", ())


def test_a_forward_without_headers_keeps_its_body_and_has_no_day(tmp_path):
    quoted = f"> {LEDE}\n>\n> {NEXT}\n"
    found = article(tmp_path, FORWARD_TOP + PLAIN + quoted)
    assert found.text == f"{LEDE}\n\n{NEXT}"
    assert (found.title, found.published) == ("Ferries stay in port", None)


def test_a_message_forwarded_as_a_whole_is_opened(tmp_path):
    inner = f"Content-Type: message/rfc822\n\n{TOP.replace('2021', '2020')}{PLAIN}{LEDE}\n"
    outer = FORWARD_TOP + multipart(f"{PLAIN}See below.", inner, kind="mixed")
    found = article(tmp_path, outer)
    assert (found.text, found.published) == (LEDE, "2020-05-12")
    assert found.source == "The Harbour Post"


@pytest.mark.parametrize("opens", ["<http://", "(http://", "[ https://"])
def test_many_addresses_that_nobody_closes_are_read_once_each(tmp_path, opens):
    text = text_of(tmp_path, f"{LEDE}\n\nSee <https://a.example/x?y=1> and {opens * 100_000}\n")
    assert text.startswith(f"{LEDE}\n\nSee and {opens}")


def test_attachments_stay_closed(tmp_path):
    attached = f"Content-Disposition: attachment; filename=a.txt\n{PLAIN}Secret words."
    message = f"Content-Type: message/rfc822\n\nSubject: x\n{PLAIN}Other secret words.\n"
    body = multipart(f"{PLAIN}{LEDE}", attached, message, kind="mixed")
    assert article(tmp_path, TOP + body).text == LEDE


def test_plain_text_is_preferred_where_it_is_the_text(tmp_path):
    found = article(tmp_path, TOP + multipart(f"{PLAIN}{LEDE}\n\n{NEXT}", html_part(PAGE)))
    assert found.text == f"{LEDE}\n\n{NEXT}"


@pytest.mark.parametrize("stub", ["", "View this e-mail in your browser, please."])
def test_html_is_read_where_the_plain_text_is_a_stub(tmp_path, stub):
    found = article(tmp_path, TOP + multipart(PLAIN + stub, html_part(PAGE)))
    assert found.text == PAGE_TEXT
    assert (found.title, found.published) == ("Ferries stay in port", "2021-05-12")


def test_html_loses_hidden_words_quotes_and_signature(tmp_path):
    hidden = '<div style="display:none">Hidden words for machines.</div>'
    quote = f'<blockquote type="cite"><p>{LEDE.upper()}</p></blockquote>'
    signature = '<div class="gmail_signature"><p>Ana Roe of Harbour Street writes.</p></div>'
    assert article(tmp_path, TOP + html_part(hidden + PAGE + signature + quote)).text == PAGE_TEXT


def test_a_short_mail_in_html_is_read_as_text(tmp_path):
    assert article(tmp_path, TOP + html_part(f"<div>{LEDE}</div>")).text == LEDE


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("quoted-printable", quopri.encodestring("Zoë sang. ".encode() * 5)),
        ("base64", base64.encodebytes("Zoë sang. ".encode() * 5)),
        ("8bit", "Zoë sang. ".encode() * 5),
        ("nonsense", "Zoë sang. ".encode() * 5),
    ],
)
def test_transfer_encodings_are_undone(tmp_path, encoding, body):
    top = f"{TOP}Content-Transfer-Encoding: {encoding}\n{PLAIN}".encode()
    assert article(tmp_path, top + body).text == " ".join(["Zoë sang."] * 5)


@pytest.mark.parametrize("charset", ["iso-8859-1", "us-ascii", "no-such-charset", "zlib"])
def test_a_wrong_or_missing_charset_is_found_out(tmp_path, charset):
    top = f"{TOP}Content-Type: text/plain; charset={charset}\n\n".encode()
    body = "Zoë Müller sang in the café until the lamps went out that night.".encode("latin-1")
    assert article(tmp_path, top + body).text == body.decode("latin-1")


def test_line_ends_byte_order_mark_and_mailbox_line_do_not_matter(tmp_path):
    raw = f"{TOP}{PLAIN}{LEDE}\n".replace("\n", "\r\n").encode("utf-8-sig")
    assert article(tmp_path, raw).title == "Ferries stay in port"
    assert article(tmp_path, f"From x@y Wed May 12 2021\n{TOP}{PLAIN}{LEDE}\n").text == LEDE


def test_invisible_characters_are_cleaned(tmp_path):
    assert text_of(tmp_path, LEDE.replace("harbour", "har\u00adbour\u200b")) == LEDE


@pytest.mark.parametrize("sender", ["a@[", "(" * 3000, '"abc', "<>", "a," * 3000, "\x00\x01"])
def test_broken_headers_do_no_harm(tmp_path, sender):
    found = article(tmp_path, f"From: {sender}\nSubject: Ferries stay\n{PLAIN}{LEDE}\n")
    assert (found.text, found.title) == (LEDE, "Ferries stay")


def test_too_little_text_is_refused_with_the_count(tmp_path):
    expected = "only 2 words of text, quoted replies and signature left out"
    assert reason(tmp_path, f"{TOP}{PLAIN}> {LEDE}\nI agree.\n-- \n{NEXT}") == expected


@pytest.mark.parametrize("raw", ["<html><body><p>Words.</p></body></html>", "Just some words.\n"])
def test_what_is_no_message_is_refused(tmp_path, raw):
    assert reason(tmp_path, raw).startswith("no message: it has no headers From, Date, Subject")


def test_a_body_that_is_not_text_is_refused(tmp_path):
    raw = f"{TOP}{PLAIN}".encode() + bytes(range(256)) * 20
    assert reason(tmp_path, raw) == "binary file, not text"


def test_absurd_nesting_is_refused(tmp_path):
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1000)
    )
    expected = f"1000 nested parts; no message has more than {MAX_NESTED}"
    assert reason(tmp_path, TOP + parts + PLAIN + LEDE) == expected


def test_deep_but_possible_nesting_is_read(tmp_path):
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(99))
    assert text_of(tmp_path, LEDE, kind=parts + PLAIN) == LEDE


@pytest.mark.parametrize("n_bytes", range(60, 900, 60))
def test_a_cut_file_gives_an_article_or_a_reason(tmp_path, n_bytes):
    whole = (TOP + multipart(f"{PLAIN}{LEDE}\n\n{NEXT}", html_part(PAGE))).encode()
    try:
        found = list(read_mail(tmp_path / "a.eml", whole[:n_bytes]))
    except ReadError:
        found = []
    assert all(each.text.startswith("The ferries") for each in found)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_give_an_article_or_a_reason(tmp_path, seed):
    raw = bytearray((TOP + multipart(f"{PLAIN}{LEDE}\n\n{NEXT}", html_part(PAGE))).encode())
    for n in range(12):
        raw[(seed * 7919 + n * 104_729) % len(raw)] = (seed * 31 + n * 17) % 256
    try:
        found = list(read_mail(tmp_path / "a.eml", bytes(raw)))
    except ReadError:
        found = []
    assert all(each.text == each.text.strip() for each in found)
