"""Every span is exact, in order and complete, whatever the text; common cases split as read."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from index.split import MAX_SENTENCE, chunks, sentences

OPENERS = [
    "The mayor",
    "Ms. Okoro",
    "Gen. L. Voss",
    "U.S. envoys",
    "Übermut",
    "Мэрия",
    "“We",
    '"It',
]
MIDDLES = [
    "spoke for 2.5 hours on Sept. 21",
    "paid $3.40 per litre at No. 5 Quay St.",
    "said e.g. 1,200 cars (cf. p. 9) had left",
    "naïvely re‑opened the café — twice",
    "wrote 🚢🌊 and nothing else",
    "е́дет домой",
    "said “stay home. Please.” and left",
]
ENDS = [".", "!", "?", "…", "...", ".”", '."', "?!", ".)", "", ":", ";"]
GAPS = [" ", "  ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\u00a0", "\u2003", " \n \n ", "\u2028"]


def generated(seed):
    """A text of pieces that splitters get wrong, with repeats; some seeds make one long line."""
    rng = random.Random(seed)
    gaps = [" "] if seed % 5 == 0 else GAPS
    pieces = [
        f"{rng.choice(OPENERS)} {rng.choice(MIDDLES)}{rng.choice(ENDS)}"
        for _ in range(rng.randint(1, 40))
    ]
    pieces += rng.choices(pieces, k=rng.randint(0, 10))  # repeats keep their own places
    if seed % 7 == 0:
        pieces.append("x" * rng.randint(MAX_SENTENCE, 3 * MAX_SENTENCE))
    return rng.choice(["", "\n", "  "]) + "".join(p + rng.choice(gaps) for p in pieces)


def texts(text):
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize("seed", range(150))
def test_sentences_are_exact_ordered_and_cover_all_that_is_not_space(seed):
    text = generated(seed)
    parts = sentences(text)
    assert [part.n for part in parts] == list(range(len(parts)))
    assert all(a.end <= b.start for a, b in pairwise(parts))
    for part in parts:
        piece = text[part.start : part.end]
        assert piece == piece.strip() != ""
        assert len(piece) <= MAX_SENTENCE
        assert "\n" not in piece
    edges = [0, *(edge for part in parts for edge in (part.start, part.end)), len(text)]
    between = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert "".join(between).strip() == ""


@pytest.mark.parametrize("words", [20, 60, 120])
@pytest.mark.parametrize("seed", range(40))
def test_chunks_are_runs_of_whole_sentences_without_gap_or_overlap(seed, words):
    text = generated(seed)
    parts = sentences(text)
    runs = chunks("a", text, parts, words)
    assert [run.n for run in runs] == list(range(len(runs)))
    assert [run.id for run in runs] == [f"a:{n:04d}" for n in range(len(runs))]
    assert [n for run in runs for n in range(run.first, run.last + 1)] == list(range(len(parts)))
    for run in runs:
        assert (run.start, run.end) == (parts[run.first].start, parts[run.last].end)
        n_words = sum(len(text[s.start : s.end].split()) for s in parts[run.first : run.last + 1])
        assert n_words <= words or run.first == run.last


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\r\n\t\u00a0"])
def test_a_text_without_a_word_has_no_sentence(text):
    assert sentences(text) == ()
    assert chunks("a", text, (), 120) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The first ferry left at dawn. The second one followed at noon.",
            ["The first ferry left at dawn.", "The second one followed at noon."],
        ),
        (
            "Dr. Ada Pell met Gen. Holt in St. Olm on Jan. 5. They talked about the border.",
            ["Dr. Ada Pell met Gen. Holt in St. Olm on Jan. 5.", "They talked about the border."],
        ),
        (
            "Envoys of the U.S. Senate waited until 9 p.m. The hall was full all the time.",
            ["Envoys of the U.S. Senate waited until 9 p.m.", "The hall was full all the time."],
        ),
        (
            "John F. Marsh owns 2.5 hectares of woodland. He sold none of it last year.",
            ["John F. Marsh owns 2.5 hectares of woodland.", "He sold none of it last year."],
        ),
        (
            "“We stayed all night. Nobody came,” said Iva Roe. The coast road stayed closed.",
            ["“We stayed all night. Nobody came,” said Iva Roe.", "The coast road stayed closed."],
        ),
        (
            "Was the bridge safe on that day? Engineers had warned of cracks for years!",
            ["Was the bridge safe on that day?", "Engineers had warned of cracks for years!"],
        ),
        (
            "Мэр объявил о закрытии моста. Автобусы пойдут в объезд до пятницы.",
            ["Мэр объявил о закрытии моста.", "Автобусы пойдут в объезд до пятницы."],
        ),
        (
            "Harbour closed until further notice\n\nThe port authority gave no reason for it.",
            ["Harbour closed until further notice", "The port authority gave no reason for it."],
        ),
    ],
    ids=["plain", "titles", "dotted", "initial", "quotation", "marks", "cyrillic", "headline"],
)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert texts(text) == expected


def test_line_ends_of_any_system_give_the_same_sentences():
    text = "The first ferry left at dawn.\n\nThe second one followed at noon."
    assert texts(text.replace("\n", "\r\n")) == texts(text)


def test_equal_sentences_keep_their_own_places():
    line = "The gate is closed to all traffic."
    text = " ".join([line] * 50)
    assert [s.start for s in sentences(text)] == [n * (len(line) + 1) for n in range(50)]


def test_a_run_without_punctuation_is_cut_at_spaces():
    words = ["figure"] * 1000
    parts = texts(" ".join(words))
    assert len(parts) > 1
    assert " ".join(parts).split() == words


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "text",
    [
        "Mr. Pell of No. 5 spoke. He left at once after the long meeting in the hall. " * 40_000,
        "Contents " + "." * 1_000_000 + " 12",
        "Mr. A. B. " * 150_000,
        "x" * 3_000_000 + ". The end of it came late.",
    ],
    ids=["one line", "leader dots", "nothing but abbreviations", "one word"],
)
def test_work_grows_with_the_text_and_not_with_its_square(text):
    parts = sentences(text)
    assert parts[-1].end == len(text.rstrip())
