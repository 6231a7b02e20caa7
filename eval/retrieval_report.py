"""Rows of a retrieval evaluation -> a table for people, and a JSON-ready record of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean
from typing import Any

from eval.collections import Collection
from eval.retrieval import Row, main_measure, paired_interval


def table(collection: Collection, rows: Sequence[Row]) -> str:
    """Return the means of each row, and the paired difference to the row that it builds on."""
    return "\n".join(_lines(collection, rows))


def _lines(collection: Collection, rows: Sequence[Row]) -> Iterator[str]:
    measures = list(rows[0].values)
    width = max(len(row.label) for row in rows)
    by = main_measure(rows[0].values)
    yield f"{collection.name}, {len(collection.queries)} questions; differences in {by}, 95 %"
    yield f"{'':{width}}  " + "  ".join(f"{name:>10}" for name in measures)
    by_label = {row.label: row for row in rows}
    for row in rows:
        means = "  ".join(f"{mean(row.values[name]):10.3f}" for name in measures)
        line = f"{row.label:{width}}  {means}"
        if row.before in by_label:
            change, low, high = paired_interval(by_label[row.before].values[by], row.values[by])
            line += f"  {change:+.3f} [{low:+.3f}, {high:+.3f}] on {row.before}"
        yield line


def record(collection: Collection, rows: Sequence[Row]) -> dict[str, Any]:
    """Return all values by question, with their means."""
    return {
        "set": collection.name,
        "questions": [query.id for query in collection.queries],
        "rows": [
            {
                "label": row.label,
                "means": {name: mean(values) for name, values in row.values.items()},
                "values": {name: list(values) for name, values in row.values.items()},
            }
            for row in rows
        ],
    }
