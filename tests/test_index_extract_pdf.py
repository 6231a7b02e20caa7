import io
import zlib

import pytest
from pdf_made import assembled, escaped, line, lines, pdf, stream
from PIL import Image

from index.errors import ReadError
from index.extract.pdf import MAX_PAGES, read_pdf

HEADLINE = "Ferries to Norby stay in port"
HEAD = line(HEADLINE, 72, 720, 22) + lines(["By Ana Roe, The Harbour Post", "12 May 2021"], y=690)
BODY = [
    "The ferries between Calder and Norby stayed in port on Tuesday, because the",
    "crews had walked out over pay the evening before, the harbour master said.",
    "Some passengers waited all night.",
    "Nobody could tell them when the boats would sail again, and the only hotel of",
    "the town was full by then.",
]
WHOLE = (
    "The ferries between Calder and Norby stayed in port on Tuesday, because the crews had walked"
    " out over pay the evening before, the harbour master said. Some passengers waited all night."
    "\n\nNobody could tell them when the boats would sail again, and the only hotel of the town was"
    " full by then."
)


def article(tmp_path, raw):
    (found,) = read_pdf(tmp_path / "a.pdf", raw)
    return found


def reason(tmp_path, raw):
    with pytest.raises(ReadError) as error:
        list(read_pdf(tmp_path / "a.pdf", raw))
    return error.value.reason


def text_of(tmp_path, *contents):
    return article(tmp_path, pdf(contents)).text


def test_headline_byline_date_and_paragraphs_are_read(tmp_path):
    found = article(tmp_path, pdf([HEAD + lines(BODY, y=640)]))
    assert found.title == HEADLINE
    assert (found.authors, found.source) == (("Ana Roe",), "The Harbour Post")
    assert (found.published, found.published_from) == ("2021-05-12", "byline")
    assert found.text == f"By Ana Roe, The Harbour Post\n\n12 May 2021\n\n{WHOLE}"
    assert found.pages == (0,)
    assert dict(found.provenance) == {"title": "text", "source": "byline", "authors": "byline"}


def test_byline_and_date_right_above_the_text_are_lines_of_their_own(tmp_path):
    head = ["By Ana Roe, The Harbour Post", "12 May 2021"]
    found = article(tmp_path, pdf([line(HEADLINE, 72, 720, 22) + lines([*head, *BODY])]))
    assert found.text == "\n\n".join([*head, WHOLE])


def test_a_sentence_that_begins_like_a_byline_is_not_parted(tmp_path):
    text = text_of(
        tmp_path,
        lines(
            [
                "The water fell for two days without a stop, and the harbour lay quiet at last.",
                "By Monday the river at Orle had come back to where it stood in the summer,",
                "so that the fields could be seen again from the old bridge over the weir.",
            ]
        ),
    )
    assert text.count("\n\n") == 0


def test_dates_of_the_file_and_names_of_its_maker_are_not_believed(tmp_path):
    info = {"CreationDate": "D:20220101120000", "ModDate": "D:20220102120000", "Author": "A Clerk"}
    found = article(tmp_path, pdf([lines(BODY)], info={**info, "Title": "Microsoft Word - x.doc"}))
    assert (found.published, found.published_from) == (None, "unknown")
    assert (found.title, found.authors, found.updated) == ("", (), None)


def test_properties_count_where_the_text_says_the_same(tmp_path):
    info = {"Title": "Ferries To Norby Stay In Port", "Author": "Bo Lind"}
    end = line("Bo Lind writes about ships.", 72, 500)
    body = line(HEADLINE, 72, 720) + lines(BODY) + end
    found = article(tmp_path, pdf([body], info=info))
    assert (found.title, found.authors) == ("Ferries To Norby Stay In Port", ("Bo Lind",))
    assert ("title", "properties") in found.provenance
    assert ("authors", "properties") in found.provenance
    assert HEADLINE not in found.text


def test_a_masthead_larger_than_the_headline_is_the_outlet(tmp_path):
    top = line("The Orle Gazette", 72, 740, 34) + line(HEADLINE, 72, 700, 20)
    found = article(tmp_path, pdf([top + lines(BODY, y=660)]))
    assert (found.title, found.source, found.text) == (HEADLINE, "The Orle Gazette", WHOLE)


def test_a_headline_of_two_lines_is_one(tmp_path):
    top = lines(["Ferries to Norby stay in", "port for a second day"], y=740, size=22, leading=26)
    found = article(tmp_path, pdf([top + lines(BODY, y=660)]))
    assert found.title == "Ferries to Norby stay in port for a second day"


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("its own mil-", "lions.", "millions."),
        ("a well-", "known man.", "well-known man."),
        ("un-", "known.", "unknown."),
        ("Anglo-", "Saxons.", "Anglo-Saxons."),
        ("of COVID-", "19.", "COVID-19."),
        ("a state-of-the-", "art ship.", "state-of-the-art ship."),
        ("for short-", "and long-term use.", "short- and long-term use."),
        ("-", "at last.", "- at last."),
    ],
)
def test_a_hyphen_at_the_end_of_a_line(tmp_path, before, after, joined):
    above = f"Whoever came to the harbour hall that evening was told of {before}"
    text = text_of(tmp_path, lines([above, after, "", *BODY]))
    assert text.split("\n\n")[0].endswith(f" {joined}")


@pytest.mark.parametrize("written", ["sea-wall", "seawall"])
def test_what_the_document_writes_elsewhere_decides_about_a_hyphen(tmp_path, written):
    above = "The council of the town of Orle will pay for the repair of the old sea-"
    text = text_of(tmp_path, lines([above, "wall itself.", "", f"The {written} broke.", *BODY]))
    assert f"the old {written} itself." in text


def test_ligatures_and_typographic_quotes_come_out_as_letters(tmp_path):
    text = text_of(
        tmp_path, line("The \x01nal o\x01ce said “no”.", 72, 720, font="F2") + lines(BODY)
    )
    assert text.startswith("The final ofice said “no”.")


def test_a_headline_that_is_printed_again_is_not_repeated_in_the_text(tmp_path):
    again = lines([HEADLINE.upper()], y=500)
    found = article(tmp_path, pdf([HEAD + lines(BODY, y=640) + again]))
    assert found.title == HEADLINE
    assert found.text.endswith(WHOLE)


def test_a_hyphen_that_is_drawn_is_one_whatever_its_code(tmp_path):
    text = text_of(tmp_path, lines(["The har\xadbour was quiet.", "", *BODY]))
    assert text.startswith("The har-bour was quiet.")


def two_columns(*, by_row):
    left = [
        "The mayor of Orle opened the",
        "new school on Monday, a year",
        "after the flood had taken the",
        "old one with all its books.",
    ]
    right = [
        "Children sang in the yard and",
        "were given bread. The teacher",
        "said that she had waited for",
        "this day since last autumn.",
    ]
    head = line("A school opens again above the river in Orle", 72, 720, 20)
    rows = zip(left, right, strict=True)
    if by_row:
        body = b"".join(
            line(a, 72, 680 - 14 * n) + line(b, 250, 680 - 14 * n) for n, (a, b) in enumerate(rows)
        )
    else:
        body = lines(left, y=680) + lines(right, x=250, y=680)
    return head + body + line("The paper thanks all of its readers for what they gave.", 72, 600)


@pytest.mark.parametrize("by_row", [False, True])
def test_two_columns_are_read_one_after_the_other(tmp_path, by_row):
    found = article(tmp_path, pdf([two_columns(by_row=by_row)]))
    assert found.text == (
        "The mayor of Orle opened the new school on Monday, a year after the flood had taken the"
        " old one with all its books.\n\nChildren sang in the yard and were given bread. The"
        " teacher said that she had waited for this day since last autumn.\n\nThe paper thanks all"
        " of its readers for what they gave."
    )


def test_rows_of_a_table_stay_rows(tmp_path):
    cells = [("Town", "People", "Boats"), ("Orle", "4,200", "31"), ("Calder", "9,100", "77")]
    table = b"".join(
        line(cell, 72 + 120 * column, 500 - 16 * row)
        for row, values in enumerate(cells)
        for column, cell in enumerate(values)
    )
    text = text_of(tmp_path, lines(BODY) + table)
    assert text.endswith("\n\nTown, People, Boats\n\nOrle, 4,200, 31\n\nCalder, 9,100, 77")


def test_an_indent_begins_a_paragraph(tmp_path):
    first = line(
        "The boats lay still and nobody on the quay had anything to do that day at all.", 72, 700
    )
    second = line(
        "The captain slept in his cabin while his men played cards on the deck until", 86, 686
    )
    third = line("evening came.", 72, 672)
    assert text_of(tmp_path, first + second + third).count("\n\n") == 1


def running(number, body):
    head = line(f"The Orle Gazette, week {number + 20}", 72, 760, 9)
    return head + lines(body) + line(f"Page {number} of 3", 280, 40, 9)


def test_running_heads_and_page_numbers_go_and_a_paragraph_is_joined_over_the_break(tmp_path):
    pages = [
        [*BODY[:2], "Some passengers waited all night on the cold benches of the harbour hall and"],
        ["slept little.", "", "In the morning a baker brought bread."],
        ["Then the boats sailed after all."],
    ]
    found = article(tmp_path, pdf([running(n, body) for n, body in enumerate(pages, start=1)]))
    assert "Gazette" not in found.text
    assert "Page" not in found.text
    assert "harbour hall and slept little.\n\nIn the morning" in found.text
    first, second, third = (found.text[at:] for at in found.pages)
    assert first == found.text
    assert second.startswith("slept little.")
    assert third.startswith("Then the boats")


def test_a_word_parted_over_a_page_break_is_whole_and_the_offset_points_into_it(tmp_path):
    last = "The harbour master said on Tuesday evening that nobody had been told about this mea-"
    found = article(tmp_path, pdf([lines([*BODY, "", last]), lines(["sure before it was taken."])]))
    assert "about this measure before" in found.text
    assert found.text[found.pages[1] :].startswith("sure before")


def test_a_page_without_text_begins_where_the_next_does(tmp_path):
    found = article(
        tmp_path, pdf([b"", lines(BODY), b"", line("The end came late.", 72, 700), b""])
    )
    at = found.text.index("The end")
    assert found.pages == (0, 0, at, at, len(found.text))


def test_what_a_browser_prints_at_the_edges_gives_the_address_and_no_date(tmp_path):
    head = line("24/11/2022, 10:15", 30, 775, 8) + line("Some page - Site", 250, 775, 8)
    foot = line("https://harbourpost.example/ferries", 30, 15, 8) + line("1/1", 570, 15, 8)
    found = article(tmp_path, pdf([head + lines(BODY) + foot]))
    assert (found.text, found.published) == (WHOLE, None)
    assert found.url == "https://harbourpost.example/ferries"


def test_an_address_at_the_end_of_the_text_is_text(tmp_path):
    found = article(tmp_path, pdf([lines(BODY) + line("https://norby.example/times", 72, 560)]))
    assert found.text.endswith("https://norby.example/times")
    assert found.url is None


def test_a_page_on_its_side_reads_as_well_and_other_angles_are_left_out(tmp_path):
    turned = b"q 0 1 -1 0 612 0 cm " + lines(BODY, y=500) + b"Q "
    credit = line("Photo: nobody", 72, 40)
    found = article(tmp_path, pdf([turned + credit], page_extra=b"/Rotate 90"))
    assert found.text == WHOLE


@pytest.mark.parametrize(
    "hidden",
    [
        b"1 1 1 rg " + line("Secret words for machines.", 72, 400) + b"0 g ",
        b"3 Tr " + line("Secret words for machines.", 72, 400) + b"0 Tr ",
        line("Secret words for machines.", 72, 400, 0.5),
        line("Secret words for machines.", 900, 400),
    ],
    ids=["white", "without ink", "tiny", "off the page"],
)
def test_hidden_words_are_left_out(tmp_path, hidden):
    assert text_of(tmp_path, lines(BODY) + hidden) == WHOLE


def test_white_words_inside_a_line_go_alone(tmp_path):
    shown, hidden = b"0 g (%s) Tj ", b"1 1 1 rg (Say no. ) Tj "
    words = shown % b"He said yes. " + hidden + shown % b"Then he left."
    assert text_of(tmp_path, lines(BODY) + b"BT /F1 11 Tf 72 500 Td %sET" % words).endswith(
        "\n\nHe said yes. Then he left."
    )


def test_white_print_on_a_dark_ground_is_seen(tmp_path):
    box = b"0 g 60 690 400 40 re f 1 1 1 rg " + line(HEADLINE, 72, 700, 22) + b"0 g "
    assert article(tmp_path, pdf([box + lines(BODY, y=640)])).title == HEADLINE


def test_a_drop_cap_belongs_to_its_word(tmp_path):
    cap = line("T", 72, 686, 33) + line(BODY[0][1:], 94, 700) + line(BODY[1], 94, 686)
    text = text_of(tmp_path, cap + lines(BODY[2:], y=672))
    assert "The ferries between Calder" in text


def test_a_scan_is_told_from_an_empty_file(tmp_path):
    raw = io.BytesIO()
    Image.new("L", (60, 80), 200).save(raw, "PDF")
    assert reason(tmp_path, raw.getvalue()) == (
        "no text on any of its 1 pages; it may be a scan: run OCR first"
    )
    assert reason(tmp_path, pdf([b"", b""])) == "no text on any of its 2 pages; its pages are empty"


def test_the_text_layer_of_a_scan_is_read(tmp_path):
    ink = b"0.3 g " + b"".join(b"70 %d 400 8 re f " % (700 - 14 * n) for n in range(5)) + b"0 g "
    dotted = (
        ink + b"1 g " + b"".join(b"%d 600 1 140 re f " % x for x in range(70, 480, 4)) + b"0 g "
    )
    assert text_of(tmp_path, dotted + b"3 Tr " + lines(BODY)) == WHOLE


def test_too_little_text_is_refused_with_the_count(tmp_path):
    short = pdf([line("Downloaded from a library.", 72, 700)])
    assert reason(tmp_path, short) == "only 4 words of article text found"


def test_another_kind_of_file_says_what_it_begins_with(tmp_path):
    assert "begins with '<html><body>" in reason(
        tmp_path, b"<html><body><p>Words.</p></body></html>"
    )


def test_an_encrypted_file_is_named_as_such(tmp_path):
    encrypt = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 0 /Kids [] >>",
        encrypt,
    ]
    trailer = b"/Encrypt 3 0 R /ID [<00112233> <00112233>]"
    assert reason(tmp_path, assembled(objects, trailer)).startswith("encrypted; save it")


def test_a_stream_that_unpacks_to_too_much_is_refused(tmp_path):
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(11)) + packer.flush()
    assert len(packed) < 200_000
    bomb = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    raw = pdf([lines(BODY)]) + b"99 0 obj\n" + bomb + b"\nendobj\n"
    assert reason(tmp_path, raw) == "a stream unpacks to more than 100 MB, as in a bomb"


def test_a_loop_in_the_page_tree_ends(tmp_path):
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 3 /Kids [2 0 R 2 0 R 3 0 R] >>",
        b"<< /Type /Pages /Count 2 /Parent 2 0 R /Kids [2 0 R] >>",
    ]
    assert reason(tmp_path, assembled(objects, b"")).startswith(("a damaged PDF", "0 pages"))


def test_a_form_that_draws_itself_ends(tmp_path):
    own = b" /Resources << /XObject << /X 4 0 R >> >>"
    form = stream(b"/X Do", extra=b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]" + own)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
        b" /Resources << /XObject << /X 4 0 R >> >> >>",
        form,
    ]
    assert reason(tmp_path, assembled(objects, b"")).startswith("no text on any")


def test_more_pages_than_an_article_has_are_refused(tmp_path):
    raw = pdf([b""] * (MAX_PAGES + 1))
    assert reason(tmp_path, raw) == f"{MAX_PAGES + 1} pages; an article has 1 to {MAX_PAGES}"


WHOLE_FILE = pdf([HEAD + lines(BODY, y=640), lines(BODY)], info={"Title": HEADLINE})


@pytest.mark.parametrize("share", range(1, 20))
def test_a_cut_file_gives_its_article_or_a_reason(tmp_path, share):
    raw = WHOLE_FILE[: len(WHOLE_FILE) * share // 20]
    assert all("harbour master" in found.text for found in read_or_refused(tmp_path, raw))


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_give_an_article_or_a_reason(tmp_path, seed):
    raw = bytearray(pdf([HEAD + lines(BODY, y=640)], compress=False))
    for n in range(12):
        raw[(seed * 7919 + n * 104_729) % len(raw)] = (seed * 31 + n * 17) % 256
    for found in read_or_refused(tmp_path, bytes(raw)):
        assert found.text == found.text.strip()


def read_or_refused(tmp_path, raw):
    """The article, or nothing where there is a reason; anything else raised fails the test."""
    try:
        return list(read_pdf(tmp_path / "a.pdf", raw))
    except ReadError:
        return []


def test_a_builder_string_is_escaped():
    assert escaped("a(b)\\") == b"a\\(b\\)\\\\"
