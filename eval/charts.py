"""Numbers -> SVG to stand in a page: bars with whiskers, a histogram, two kinds of curve.

Colours come from the page's style. Labels are escaped. Knows nothing of where numbers come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from eval.curves import Bin, RiskCoverage
from eval.summary import Measure


def bar(label: str, measure: Measure) -> str:
    """Return a row of a table: a share in [0, 1] as a bar with its interval."""
    value, low, high = (100 * share for share in (measure.value, measure.low, measure.high))
    return (
        f"<tr><th>{escape(label)}</th><td>{measure.value:.3f}</td>"
        f'<td><svg viewBox="0 0 100 8" role="img" aria-label="{value:.0f} percent">'
        f'<rect class="track" width="100" height="8"/>'
        f'<rect class="fill" width="{value:.2f}" height="8"/>'
        f'<path class="whisker" d="M{low:.2f} 4H{high:.2f}M{low:.2f} 2v4M{high:.2f} 2v4"/>'
        "</svg></td>"
        f"<td>{measure.low:.3f} to {measure.high:.3f}</td>"
        f"<td>n = {measure.n}, {measure.n_failed} failed</td></tr>"
    )


def histogram(seconds: Sequence[float], n_bins: int = 12) -> str:
    """Return how many values fall into each of equally wide bins from 0 to the largest."""
    if not seconds:
        return "<p>none</p>"
    width = max(max(seconds) / n_bins, 1e-9)
    counts = [0] * n_bins
    for value in seconds:
        counts[min(int(value / width), n_bins - 1)] += 1
    columns = "".join(
        f'<rect class="fill" x="{i * 10}" y="{40 - 36 * n / max(counts):.1f}" width="9" '
        f'height="{36 * n / max(counts):.1f}"><title>{i * width:.2f} to {(i + 1) * width:.2f} s: '
        f"{n}</title></rect>"
        for i, n in enumerate(counts)
    )
    return (
        f'<svg class="histogram" viewBox="0 0 {n_bins * 10} 40" role="img" '
        f'aria-label="Seconds a question, 0 to {max(seconds):.2f}">{columns}</svg>'
        f"<p>0 to {max(seconds):.2f} s</p>"
    )


def risk_curve(curve: RiskCoverage) -> str:
    """Return risk over coverage, with the risk of answering in no order as a dashed line."""
    path = "L".join(f"{100 * x:.2f} {100 - 100 * y:.2f}" for x, y in curve.points)
    flat = 100 - 100 * curve.flat
    return _square(
        f'<path class="chance" d="M0 {flat:.2f}H100"/><path class="line" d="M{path}"/>',
        f"Risk over coverage, area {curve.area:.3f}",
        "coverage: share of the questions answered, the surest first",
        "risk: share of them wrong",
    )


def reliability_chart(bins: Sequence[Bin], about: str) -> str:
    """Return the share right over confidence; on the dashed diagonal both are the same."""
    most = max(each.n for each in bins)
    dots = "".join(
        f'<circle class="dot" cx="{100 * b.confidence:.2f}" cy="{100 - 100 * b.right:.2f}" '
        f'r="{1.5 + 3 * b.n / most:.2f}"><title>confidence {b.confidence:.2f}: '
        f"{b.right:.2f} right, n = {b.n}</title></circle>"
        for b in bins
    )
    return _square(f'<path class="chance" d="M0 100L100 0"/>{dots}', about, "confidence", "right")


def _square(drawn: str, about: str, across: str, up: str) -> str:
    """Return a plot of two shares, each from 0 at the lower left to 1."""
    return (
        f'<figure><svg class="square" viewBox="-6 -6 112 112" role="img" '
        f'aria-label="{escape(about)}"><path class="axis" d="M0 0V100H100"/>{drawn}</svg>'
        f"<figcaption>{escape(about)}. Up: {escape(up)}, 0 to 1; across: {escape(across)}, "
        "0 to 1.</figcaption></figure>"
    )
