"""The command that looks at old answers: does what they cite still stand?"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from rag.standing import Standing
from ui.options import AsJson, Home, index_settings
from ui.render import json_text, quote_text
from ui.render_standing import label
from ui.saved import load_answers
from ui.terminal import count, say

app = typer.Typer()


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `dateline ask` or the page has saved.")
    ],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Check whether what saved answers cite still stands. Exit code 3: some does not.

    A cited sentence stands when the library still holds it, word for word, where it was: in the
    same article, or in the one it was moved to.
    """
    from index.library import Library
    from rag.standing import standing

    answers = list(load_answers(file))
    fates: Counter[str] = Counter()
    values = []
    with closing(Library(index_settings(home).library_dir)) as library:
        for answer in answers:
            for citation in answer.citations:
                now = standing(library, citation)
                fates[now.fate if not now.stands else "stand"] += 1
                if as_json:
                    values.append(_values(answer.id, now))
                elif not now.is_as_cited:
                    say(f"{answer.id} {quote_text(citation)}\n    {label(now)}\n")
    if as_json:
        say(json_text({"file": str(file), "answers": len(answers), "citations": values}))
    else:
        told = ", ".join(f"{n:,} {fate}" for fate, n in fates.most_common())
        cited = f"{count(fates.total(), 'citation')} in {count(len(answers), 'answer')}"
        say(f"{cited}: {told}." if told else f"{cited}.")
    if fates.keys() - {"stand"}:
        raise typer.Exit(3)


def _values(answer_id: str, now: Standing) -> dict[str, object]:
    """Return what a program wants to know: what was cited, how it stands, and where."""
    citation, article = now.citation, now.article
    start, end = now.span or (None, None)
    place = article and {
        "article": article.name, "article_id": article.id, "start": start, "end": end,
    }  # fmt: skip
    return {
        "id": answer_id,
        "n": citation.n,
        "article": citation.article,
        "article_id": citation.article_id,
        "quote": citation.quote,
        "fate": now.fate,
        "stands": now.stands,
        "since": now.since,
        "now": place,
    }
