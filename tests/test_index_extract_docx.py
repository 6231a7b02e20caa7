import io
import struct
import zipfile
from xml.sax.saxutils import escape

import pytest

from index.errors import ReadError
from index.extract.docx import read_docx
from index.extract.docx_parts import MAX_PART_BYTES, OLE

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:styleId="Unseen"><w:name w:val="Unseen"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:styleId="Child"><w:name w:val="Child"/><w:basedOn w:val="Unseen"/></w:style>
<w:style w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
</w:styles>"""
LEDE = "The ferries between Calder and Norby stayed in port on Tuesday, the harbour master said."


def run(text, form=""):
    return f'<w:r><w:rPr>{form}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*parts, style=""):
    """A paragraph; plain text and runs may be mixed."""
    runs = "".join(part if part.startswith("<") else run(part) for part in parts)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def table(*rows):
    cells = ["".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def packed(parts):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return raw.getvalue()


def docx(*blocks, core="", main="word/document.xml", namespace=W):
    relation = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="{main}"/>'
    return packed(
        {
            "_rels/.rels": f"<Relationships>{relation}</Relationships>",
            main: f'<w:document xmlns:w="{namespace}" xmlns:mc="http://schemas.openxmlformats.org'
            f'/markup-compatibility/2006"><w:body>{"".join(blocks)}</w:body></w:document>',
            "word/styles.xml": STYLES,
            "word/comments.xml": f'<w:comments xmlns:w="{W}">{p("A comment.")}</w:comments>',
            "word/footnotes.xml": f'<w:footnotes xmlns:w="{W}">{p("A footnote.")}</w:footnotes>',
            "word/header1.xml": f'<w:hdr xmlns:w="{W}">{p("A header.")}</w:hdr>',
            "docProps/core.xml": f'<c:coreProperties xmlns:c="{CORE}">{core}</c:coreProperties>',
        }
    )


def article(tmp_path, raw):
    (found,) = read_docx(tmp_path / "a.docx", raw)
    return found


def text_of(tmp_path, *blocks):
    return article(tmp_path, docx(p(LEDE), *blocks)).text.removeprefix(f"{LEDE}\n\n")


def reason(tmp_path, raw):
    with pytest.raises(ReadError) as error:
        list(read_docx(tmp_path / "a.docx", raw))
    return error.value.reason


def test_title_byline_date_headings_and_paragraphs_are_read(tmp_path):
    found = article(
        tmp_path,
        docx(
            p("Ferries stay", style="Titel"),
            p("By Ana Roe, The Harbour Post"),
            p("12 May 2021"),
            p("What happened before", style="H1"),
            p(LEDE),
        ),
    )
    assert found.title == "Ferries stay"
    assert (found.authors, found.source) == (("Ana Roe",), "The Harbour Post")
    assert (found.published, found.published_from) == ("2021-05-12", "byline")
    paragraphs = ["By Ana Roe, The Harbour Post", "12 May 2021", "What happened before", LEDE]
    assert found.text == "\n\n".join(paragraphs)
    assert found.pages == ()
    told = {"title": "title style", "source": "byline", "authors": "byline"}
    assert dict(found.provenance) == told


def test_file_times_and_whoever_made_the_file_are_not_believed(tmp_path):
    core = (
        "<created>2020-01-01T00:00:00Z</created><modified>2020-01-02T00:00:00Z</modified>"
        "<creator>Some Clerk</creator><title>Another thing altogether</title>"
    )
    found = article(tmp_path, docx(p(LEDE), core=core))
    assert (found.published, found.published_from, found.updated) == (None, "unknown", None)
    assert (found.authors, found.title) == ((), "")


def test_properties_count_where_the_text_says_the_same(tmp_path):
    core = "<creator>Bo Lind</creator><title>Ferries to Norby stay</title>"
    blocks = [p("News"), p("Ferries to Norby stay"), p(LEDE), p("Bo Lind writes about ships.")]
    found = article(tmp_path, docx(*blocks, core=core))
    assert (found.title, found.authors) == ("Ferries to Norby stay", ("Bo Lind",))
    assert found.text.startswith(f"News\n\n{LEDE}")


@pytest.mark.parametrize(
    ("blocks", "title"),
    [
        ([p("Ferries to Norby stay", style="H1"), p(LEDE)], "Ferries to Norby stay"),
        ([p("Ferries to Norby stay"), p(LEDE)], "Ferries to Norby stay"),
        ([p("They stayed in port."), p(LEDE)], ""),
        ([*[p(LEDE)] * 9, p("What happened before that", style="H1")], ""),
    ],
    ids=["heading", "first line", "a sentence is none", "a heading far below is none"],
)
def test_the_title_without_a_title_style(tmp_path, blocks, title):
    assert article(tmp_path, docx(*blocks)).title == title


def test_tables_and_their_rows(tmp_path):
    figures = table((p("Town"), p("Boats")), (p("Orle"), p("31")))
    layout = table((p(LEDE) + p("Then it rained."), p("Photo: nobody")))
    nested = table((figures, p("")))
    text = text_of(tmp_path, figures, layout, nested)
    rows = "Town, Boats\n\nOrle, 31"
    assert text == f"{rows}\n\n{LEDE}\n\nThen it rained.\n\nPhoto: nobody\n\n{rows}"


def test_a_text_box_is_read_once_and_after_its_paragraph(tmp_path):
    box = f"<w:txbxContent>{p('A caption in a box.')}</w:txbxContent>"
    both = (
        f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert text_of(tmp_path, p("Above ", both, "the box.")) == (
        "Above the box.\n\nA caption in a box."
    )


def test_a_size_that_is_no_number_hides_nothing(tmp_path):
    sizes = ("9" * 5000, "", "-1", "2.5", "\u00b2")
    parts = [run(f"{at} ", f'<w:sz w:val="{size}"/>') for at, size in enumerate(sizes)]
    assert text_of(tmp_path, p(*parts)) == "0 1 2 3 4"


def test_only_the_document_itself_and_its_latest_state_are_read(tmp_path):
    deleted = "<w:del><w:r><w:delText>was deleted </w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{run('was moved away ')}</w:moveFrom>"
    added = f"<w:ins>{run('was added')}</w:ins>"
    note = '<w:r><w:footnoteReference w:id="1"/><w:commentReference w:id="1"/></w:r>'
    field = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    link = f"<w:hyperlink>{run(' and linked')}</w:hyperlink>"
    assert text_of(tmp_path, p("What ", deleted, moved, added, note, field, link, ".")) == (
        "What was added and linked."
    )


def test_content_controls_are_read_and_tables_of_contents_are_not(tmp_path):
    control = f"<w:sdt><w:sdtContent>{p('In a control.')}</w:sdtContent></w:sdt>"
    assert text_of(tmp_path, p("Chapter 1 ... 4", style="TOC1"), control) == "In a control."


@pytest.mark.parametrize(
    "form",
    [
        "<w:vanish/>",
        '<w:rStyle w:val="Unseen"/>',
        '<w:rStyle w:val="Child"/>',
        '<w:sz w:val="2"/>',
        '<w:color w:val="ffffff"/>',
    ],
)
def test_hidden_words_are_left_out(tmp_path, form):
    assert text_of(tmp_path, p("He said ", run("never ", form), "yes.")) == "He said yes."


def test_paragraphs_of_a_hidden_style_are_left_out(tmp_path):
    assert text_of(tmp_path, p("Hidden.", style="Child"), p("Seen.", style="Loop")) == "Seen."


@pytest.mark.parametrize(
    "form",
    [
        '<w:vanish w:val="0"/>',
        '<w:color w:val="FFFFFF"/><w:shd w:fill="000000"/>',
        '<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>',
        '<w:color w:val="FF0000"/><w:sz w:val="18"/>',
    ],
)
def test_words_that_only_look_hidden_stay(tmp_path, form):
    assert text_of(tmp_path, p("He said ", run("never ", form), "yes.")) == "He said never yes."


def test_white_words_in_a_dark_cell_stay(tmp_path):
    white = run("White words in a dark cell", '<w:color w:val="FFFFFF"/>')
    cell = f'<w:tcPr><w:shd w:fill="000000"/></w:tcPr>{p(white)}'
    assert text_of(tmp_path, table((cell,))) == "White words in a dark cell"


def test_breaks_tabs_hyphens_and_invisible_characters(tmp_path):
    marks = "<w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:noBreakHyphen/><w:t>three</w:t></w:r>"
    broken = "<w:r><w:br/><w:t>four\u200b\u00ad</w:t><w:br/><w:br/><w:t>five</w:t></w:r>"
    assert text_of(tmp_path, p(marks, broken)) == "one two-three four\n\nfive"


def test_a_document_under_another_name_and_in_the_strict_dialect_is_read(tmp_path):
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    assert article(tmp_path, docx(p(LEDE), main="word/document2.xml")).text == LEDE
    assert article(tmp_path, docx(p(LEDE), namespace=strict)).text == LEDE


def test_too_little_text_is_refused_with_the_count(tmp_path):
    assert reason(tmp_path, docx(p("Three short words"))) == "only 3 words of article text found"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"<html><body>Words</body></html>", "a damaged DOCX, or none (File is not a zip file)"),
        (OLE + b"\0" * 600, "an encrypted or old Word file; save it as DOCX, unencrypted"),
        (packed({"a.txt": "x"}), "no DOCX: there is no word/document.xml in it"),
        (
            packed({"word/document.xml": f'<d xmlns:w="{W}"/>'}),
            "a damaged DOCX: its",
        ),
        (packed({"word/document.xml": ""}), "a damaged DOCX: "),
        (packed({"word/document.xml": "<w:document><w:body>"}), "a damaged DOCX: "),
    ],
    ids=["html", "old word file", "other archive", "no body", "empty part", "cut part"],
)
def test_what_is_no_docx_is_refused_with_a_reason(tmp_path, raw, expected):
    assert reason(tmp_path, raw).startswith(expected)


def test_a_part_that_unpacks_to_too_much_is_refused(tmp_path):
    raw = packed({"word/document.xml": b" " * (MAX_PART_BYTES + 1)})
    assert len(raw) < 20_000
    expected = "word/document.xml unpacks to more than 8 MB; no article has as much"
    assert reason(tmp_path, raw) == expected


def test_a_size_that_lies_does_not_help(tmp_path):
    raw = packed({"word/document.xml": b" " * (MAX_PART_BYTES + 1)})
    lying = raw.replace(struct.pack("<L", MAX_PART_BYTES + 1), struct.pack("<L", 100))
    assert lying != raw
    assert reason(tmp_path, lying)


def test_entities_are_not_expanded(tmp_path):
    bomb = f"""<!DOCTYPE d [<!ENTITY a "{"ha" * 100}"><!ENTITY b "{"&a;" * 100}">
    <!ENTITY x SYSTEM "file:///etc/hostname">]>
    <w:document xmlns:w="{W}"><w:body>{p(LEDE)}<w:p><w:r><w:t>&b;&x;</w:t></w:r></w:p></w:body>
    </w:document>"""
    assert article(tmp_path, packed({"word/document.xml": bomb})).text == LEDE


def test_entities_and_instructions_among_the_properties_do_no_harm(tmp_path):
    core = f'<!DOCTYPE c [<!ENTITY a "b">]><c:c xmlns:c="{CORE}">&a;<?x y?><title>Any</title></c:c>'
    document = f'<w:document xmlns:w="{W}"><w:body>{p(LEDE)}<?x y?></w:body></w:document>'
    raw = packed({"word/document.xml": document, "docProps/core.xml": core})
    assert article(tmp_path, raw).text == LEDE


def test_deep_nesting_ends_with_a_reason(tmp_path):
    inner = p(LEDE)
    for _ in range(2000):
        inner = table((inner,))
    assert reason(tmp_path, docx(inner)).startswith("a damaged DOCX: ")


WHOLE = docx(p("Ferries stay", style="Titel"), p(LEDE), table((p("Orle"), p("31"))))


@pytest.mark.parametrize("share", range(1, 20))
def test_a_cut_file_is_refused(tmp_path, share):
    assert reason(tmp_path, WHOLE[: len(WHOLE) * share // 20]).startswith("a damaged DOCX")


@pytest.mark.parametrize("seed", range(60))
def test_damaged_bytes_give_an_article_or_a_reason(tmp_path, seed):
    raw = bytearray(WHOLE)
    for n in range(1 + seed % 8):
        raw[(seed * 7919 + n * 104_729) % len(raw)] = (seed * 31 + n * 17) % 256
    try:
        found = list(read_docx(tmp_path / "a.docx", bytes(raw)))
    except ReadError:
        found = []
    assert all(each.text == each.text.strip() for each in found)
