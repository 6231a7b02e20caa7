"""Lines over a logarithmic scale of sizes, as one HTML page without scripts or other files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, BELOW = 560, 240, 50, 40
COLORS = ("#2a7d46", "#b3382c", "#2c5fb3", "#8a6d1a", "#6b3fa0")


@dataclass(frozen=True, slots=True)
class Chart:
    """Named lines: ``lines[name][i]`` is the value at ``sizes[i]``, which is above 0."""

    title: str
    sizes: Sequence[float]
    lines: Mapping[str, Sequence[float]]


def page(title: str, charts: Sequence[Chart]) -> str:
    """Return the charts as a whole HTML page."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>body{{font:14px system-ui,sans-serif;margin:2rem}}"
        "svg text{font-size:11px;fill:currentColor}</style></head><body>"
        f"<h1>{escape(title)}</h1>{''.join(map(drawn, charts))}</body></html>\n"
    )


def drawn(chart: Chart) -> str:
    """Return one chart as a heading, an SVG picture and its legend."""
    top = max((v for line in chart.lines.values() for v in line if not math.isnan(v)), default=1.0)
    low, high = math.log10(min(chart.sizes)), math.log10(max(chart.sizes))

    def place(size: float, value: float) -> str:
        share = (math.log10(size) - low) / (high - low) if high > low else 0.5
        x = LEFT + share * (WIDTH - LEFT - 60)
        return f"{x:.1f},{HEIGHT - BELOW - value / (top or 1.0) * (HEIGHT - BELOW - 20):.1f}"

    marks = "".join(_mark(place(size, 0.0), f"{size:,.0f}") for size in chart.sizes)
    scale = "".join(
        f'<text x="4" y="{place(min(chart.sizes), top * share).split(",")[1]}">'
        f"{top * share:.3g}</text>"
        for share in (0.0, 0.5, 1.0)
    )
    paths, legend = "", ""
    for color, (name, values) in zip(COLORS, chart.lines.items(), strict=False):
        pairs = [(s, v) for s, v in zip(chart.sizes, values, strict=True) if not math.isnan(v)]
        points = " ".join(place(size, value) for size, value in pairs)
        paths += f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'
        paths += "".join(_dot(place(*pair), color, f"{name}: {pair[1]:.4g}") for pair in pairs)
        legend += f' <span style="color:{color}">&#9632; {escape(name)}</span>'
    return (
        f'<h2>{escape(chart.title)}</h2><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'role="img" aria-label="{escape(chart.title)}">{scale}{marks}{paths}</svg><p>{legend}</p>'
    )


def _mark(place: str, text: str) -> str:
    x, y = place.split(",")
    return f'<text x="{x}" y="{float(y) + 16:.1f}" text-anchor="middle">{text}</text>'


def _dot(place: str, color: str, text: str) -> str:
    x, y = place.split(",")
    return (
        f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}"><title>{escape(text)}</title></circle>'
    )
