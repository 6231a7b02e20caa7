"""Records -> text tables, JSON, and one HTML page that needs no other file and runs no script.

Everything that comes from a question, an answer or an article is escaped: a news article is
untrusted text. Knows nothing of how answers are made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from eval import charts
from eval.cases import KINDS, MORE_KINDS
from eval.curves import Bin, Outcome, RiskCoverage, calibration_error, reliability, risk_coverage
from eval.run import Record, summary_of
from eval.summary import MEASURES, MORE, Measure, Summary

HEADINGS = {
    "right": "right",
    "answer_right": "answer right",
    "evidence_recall": "evidence",
    "on_gold": "on gold",
    "answered": "answered",
    "abstained": "abstained",
    "spans_valid": "spans valid",
}
TIMES = ("s p50", "s p90", "checking")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a run's numbers come from, as (name, value) pairs in the order to show them."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()


def by_kind(records: Sequence[Record]) -> dict[str, Summary]:
    """Return the summary of all records and of each kind that occurs, "all" first."""
    groups = {"all": summary_of(records)}
    for kind in (*KINDS, *MORE_KINDS):
        if chosen := [record for record in records if record.case.kind == kind]:
            groups[kind] = summary_of(chosen)
    return groups


def table(summaries: Mapping[str, Summary], label: str = "") -> str:
    """Return one row a summary: counts, measures, and how long it took."""
    rows = [[label, "n", "failed", *HEADINGS.values(), *TIMES]]
    for name, summary in summaries.items():
        shown = [_share(summary.measures.get(measure)) for measure in MEASURES]
        rows.append([name, str(summary.n), str(summary.n_failed), *shown, *_times(summary)])
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as lines of text: the first column flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def more_table(summary: Summary) -> str:
    """Return one row for each measure that only some sets allow; no text where there is none."""
    rows = [["measure", "value", "95 % interval", "n", "failed"]]
    for name in MORE:
        if measure := summary.measures.get(name):
            interval = f"{measure.low:.3f} to {measure.high:.3f}"
            counts = [str(measure.n), str(measure.n_failed)]
            rows.append([_heading(name), f"{measure.value:.3f}", interval, *counts])
    return aligned(rows) if len(rows) > 1 else ""


@dataclass(frozen=True, slots=True)
class Curves:
    """What an answer's confidence is worth over a run; see `eval.curves`."""

    risk: RiskCoverage
    bins: tuple[Bin, ...]

    @property
    def error(self) -> float:
        """The calibration error, in [0, 1], lower is better."""
        return calibration_error(self.bins)


def curves_of(records: Sequence[Record]) -> Curves | None:
    """Return the curves over the answers that can be marked; None when there is none."""
    outcomes = [outcome for record in records if (outcome := _outcome(record)) is not None]
    risk = risk_coverage(outcomes, len(records))
    return None if risk is None else Curves(risk, reliability(outcomes))


def _outcome(record: Record) -> Outcome | None:
    """Return confidence and whether it was right: by its words, or else by what it cites."""
    marks = record.mark
    if marks.confidence is None:
        return None
    if marks.right is not None:
        return (marks.confidence, marks.right)
    for share in (marks.evidence_recall, marks.cites_gold):
        if share is not None:
            return (marks.confidence, share > 0)
    return None


def results(records: Sequence[Record], provenance: Provenance) -> dict[str, Any]:
    """Return all figures of a run, JSON-ready: with n, intervals and where they come from."""
    curves = curves_of(records)
    return {
        "title": provenance.title,
        "facts": dict(provenance.facts),
        "kinds": {kind: asdict(summary) for kind, summary in by_kind(records).items()},
        "risk_coverage": asdict(curves.risk) if curves else None,
        "reliability": [asdict(each) for each in curves.bins] if curves else [],
        "calibration_error": curves.error if curves else None,
    }


def html_page(records: Sequence[Record], provenance: Provenance) -> str:
    """Return a whole HTML page: measures with intervals, curves, kinds, and every question."""
    groups = by_kind(records)
    facts = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in provenance.facts)
    measures = groups["all"].measures
    bars = "".join(
        charts.bar(_heading(name), measures[name])
        for name in (*MEASURES, *MORE)
        if name in measures
    )
    questions = "".join(_question(record) for record in records)
    failed_note = f"<p>{groups['all'].n_failed} of {groups['all'].n} questions failed.</p>"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # No script and nothing from another host can run, even if escaping ever had a hole.
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(provenance.title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(provenance.title)}</h1><dl>{facts}</dl>{failed_note}"
        f"<h2>Measures</h2><table class=bars>{bars}</table>"
        "<p>Whiskers: 95 % bootstrap intervals over questions. A failed question is a miss.</p>"
        f"{_confidence(records)}"
        f"<h2>By kind of question</h2>{_html_table(groups)}"
        f"<h2>Seconds a question</h2>{charts.histogram([r.seconds for r in records])}"
        f"<h2>Questions</h2>{questions}</main></body></html>\n"
    )


def _confidence(records: Sequence[Record]) -> str:
    curves = curves_of(records)
    if curves is None:
        return ""
    return (
        f"<h2>Confidence</h2><p>Area under risk and coverage: {curves.risk.area:.3f} (in no order: "
        f"{curves.risk.flat:.3f}). Calibration error: {curves.error:.3f}.</p>"
        f"{charts.risk_curve(curves.risk)}"
        f"{charts.reliability_chart(curves.bins, 'Reliability of the confidence')}"
    )


def _heading(name: str) -> str:
    return HEADINGS.get(name, name.replace("_", " "))


def _share(measure: Measure | None) -> str:
    return "-" if measure is None else f"{measure.value:.3f}"


def _times(summary: Summary) -> list[str]:
    share = "-" if math.isnan(summary.checking) else f"{100 * summary.checking:.1f} %"
    return [_number(summary.seconds_p50), _number(summary.seconds_p90), share]


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _html_table(groups: Mapping[str, Summary]) -> str:
    heads = ["kind", "n", "failed", *HEADINGS.values(), *TIMES]
    rows = ["".join(f"<th>{escape(head)}</th>" for head in heads)]
    for name, summary in groups.items():
        cells = [str(summary.n), str(summary.n_failed)]
        cells += [_share(summary.measures.get(measure)) for measure in MEASURES]
        cells += _times(summary)
        rows.append(f"<th>{escape(name)}</th>" + "".join(f"<td>{cell}</td>" for cell in cells))
    return "<table class=kinds>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _question(record: Record) -> str:
    case, marks = record.case, record.mark
    good = marks.right is not False and not marks.missing_evidence and not marks.broken
    verdict = "failed" if marks.failed else _VERDICTS[marks.right]
    said = "" if record.answer is None else str(record.answer.get("answer", ""))
    turns = [f"Earlier: {turn.question} – {turn.answer}" for turn in case.history]
    parts = [
        _paragraphs("history", turns),
        _paragraphs("answer", [said or record.error or ""]),
        _citations(record.answer),
        _paragraphs("expected", [f"Expected: {case.answer}"] if case.answer else []),
        _paragraphs("problem", problems(record)),
    ]
    return (
        f'<details class="{"good" if good else "bad"}"><summary><b>{verdict}</b> '
        f"<code>{escape(case.id)}</code> <i>{escape(case.kind)}</i> {escape(case.question)} "
        f"<small>{record.seconds:.2f} s</small></summary>{''.join(parts)}</details>"
    )


_VERDICTS = {True: "right", False: "wrong", None: "unmarked"}


def problems(record: Record) -> Iterable[str]:
    """Yield one line for each thing that is wrong with an answer; none when nothing is."""
    marks = record.mark
    if record.error:
        yield f"Failed: {record.error}"
    if marks.abstained and not record.case.to_refuse:
        yield "Abstained, though the articles hold an answer."
    if record.case.to_refuse and not marks.abstained and not marks.failed:
        yield "Answered, though no article does."
    for words in marks.missing_words:
        yield f"Missing in the answer: {words}"
    for words in marks.barred_words:
        yield f"Must not stand in the answer: {words}"
    for quote in marks.missing_evidence:
        yield f"Evidence not cited: {quote}"
    for line in marks.broken:
        yield f"Points nowhere: {line}"


def _paragraphs(name: str, texts: Iterable[str]) -> str:
    return "".join(f'<p class="{name}">{escape(text)}</p>' for text in texts)


def _citations(answer: Mapping[str, Any] | None) -> str:
    listed = [] if answer is None else list(answer.get("citations", ()))
    items = []
    for citation in listed:
        place = [citation.get("source"), citation.get("published"), citation.get("article")]
        about = ", ".join(str(part) for part in place if part)
        items.append(
            f"<li>[{escape(str(citation.get('n', '')))}] <q>{escape(str(citation['quote']))}</q> "
            f"<small>{escape(about)}, {citation['start']}–{citation['end']}</small></li>"
        )
    return f"<ul>{''.join(items)}</ul>" if items else ""


_STYLE = """
:root{color-scheme:light dark;--line:#8886;--good:#2a7d46;--bad:#b3382c}
body{font:16px/1.5 system-ui,sans-serif;margin:0}
main{max-width:64rem;margin:auto;padding:1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dd{margin:0}
table{border-collapse:collapse}th,td{padding:.15rem .5rem;text-align:right}
th:first-child{text-align:left}.kinds{display:block;overflow-x:auto}
.kinds tr+tr{border-top:1px solid var(--line)}
.bars svg{width:min(24rem,50vw);height:1.2rem;display:block}
.histogram{width:min(36rem,100%)}
figure{display:inline-block;margin:0 2rem 0 0;width:min(22rem,100%);vertical-align:top}
.square{width:100%}.axis,.chance,.line{fill:none;stroke:currentColor;stroke-width:.6}
.chance{stroke-dasharray:2 2;opacity:.6}.line{stroke:var(--good);stroke-width:1.2}
.dot{fill:var(--good)}figcaption{font-size:.85em}
.track{fill:var(--line)}.fill{fill:var(--good)}
.whisker{stroke:currentColor;stroke-width:.8;fill:none}
details{border-left:.3rem solid var(--bad);padding:.2rem .7rem;margin:.4rem 0}
details.good{border-color:var(--good)}summary{cursor:pointer}
.problem{color:var(--bad)}.history,.expected{opacity:.8}p,ul{margin:.3rem 0;overflow-wrap:anywhere}
"""
