"""Small charts as SVG text: no script, no network, readable in print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 720
_LEGEND_COLUMNS = 3
PALETTE = ("#2f6f9f", "#c2571a", "#4b8b3b", "#8a4f9e", "#9a7b1f", "#3b8686", "#a33b4a", "#5b5f97")


@dataclass(frozen=True)
class Scale:
    """A linear map from values to pixels.

    >>> Scale(0, 10, 100, 200)(5)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = (self.high - self.low) or 1.0
        return round(self.start + (value - self.low) / span * (self.end - self.start), 2)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers that cover a range.

    >>> ticks(0, 1)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    raw = (high - low) / about if high > low else 1.0
    power = 10 ** math.floor(math.log10(raw))
    step = min((m * power for m in (1, 2, 2.5, 5, 10)), key=lambda s: abs(s - raw))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def bars(values: Sequence[tuple[str, float, str]], height: int = 24) -> str:
    """Horizontal bars: (label, value, text at the bar's end)."""
    top = max((value for _, value, _ in values), default=1.0) or 1.0
    scale = Scale(0, top, 250, WIDTH - 150)
    body = []
    for row, (label, value, text) in enumerate(values):
        y = row * height
        body.append(
            f'<text x="240" y="{y + 16}" class="end">{escape(label)}</text>'
            f'<rect x="250" y="{y + 4}" width="{max(scale(value) - 250, 1):.1f}" height="{height - 8}"'
            f' fill="{PALETTE[0]}"/>'
            f'<text x="{scale(value) + 6}" y="{y + 16}" class="small">{escape(text)}</text>'
        )
    return _svg("".join(body), len(values) * height + 4, "bar chart")


def histogram(edges: Sequence[float], counts: Sequence[int], mark: float | None, label: str) -> str:
    """A histogram; `mark` draws the threshold."""
    height, base = 230, 190
    across = Scale(edges[0], edges[-1], 50, WIDTH - 20)
    up = Scale(0, max(counts, default=1) or 1, base, 16)
    body = []
    for left, right, count in zip(edges, edges[1:], counts, strict=False):
        kept = mark is None or left >= mark - 1e-12
        x, width = across(left), max(across(right) - across(left) - 1, 0.5)
        colour = PALETTE[0] if kept else "#b9b4a7"
        body.append(
            f'<rect x="{x}" y="{up(count)}" width="{width:.1f}" height="{base - up(count):.1f}"'
            f' fill="{colour}"><title>{left:.2f}-{right:.2f}: {count:,}</title></rect>'
        )
    if mark is not None:
        body.append(
            f'<line x1="{across(mark)}" x2="{across(mark)}" y1="8" y2="{base}" class="mark"/>'
            f'<text x="{across(mark) + 5}" y="16" class="small">threshold {mark:.2f}</text>'
        )
    body.append(_x_axis(across, base, label) + _y_axis(up, 50, "documents"))
    return _svg("".join(body), height, label)


def curves(series: Mapping[str, Sequence[tuple[float, float]]], x_label: str, y_label: str) -> str:
    """Lines over a common axis, with a legend below it, where no line runs."""
    points = [point for line in series.values() for point in line]
    if not points:
        return ""
    base = 270
    across = Scale(0, max(x for x, _ in points), 60, WIDTH - 20)
    up = Scale(min(y for _, y in points), max(y for _, y in points), base, 16)
    body = [_x_axis(across, base, x_label), _y_axis(up, 60, y_label)]
    for number, (name, line) in enumerate(series.items()):
        colour = PALETTE[number % len(PALETTE)]
        path = " ".join(f"{across(x)},{up(y)}" for x, y in line)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        row, column = divmod(number, _LEGEND_COLUMNS)
        x, y = 60 + column * (WIDTH - 80) // _LEGEND_COLUMNS, base + 52 + 18 * row
        body.append(
            f'<line x1="{x}" x2="{x + 20}" y1="{y}" y2="{y}" stroke="{colour}"'
            f' stroke-width="3"/><text x="{x + 26}" y="{y + 4}" class="small">{escape(name)}</text>'
        )
    height = base + 64 + 18 * math.ceil(len(series) / _LEGEND_COLUMNS)
    return _svg("".join(body), height, f"{y_label} over {x_label}")


def whiskers(rows: Sequence[tuple[str, float, float, float, str]], top: float | None = None) -> str:
    """Estimates with intervals: (label, estimate, low, high, text)."""
    step = 26
    high = top or max((row[3] for row in rows), default=1.0) or 1.0
    low = min(0.0, *(row[2] for row in rows)) if rows else 0.0
    across = Scale(low, high, 200, WIDTH - 170)
    base = len(rows) * step + 8
    body = [_x_axis(across, base, "")]
    if low < 0:
        body.append(f'<line x1="{across(0)}" x2="{across(0)}" y1="0" y2="{base}" class="mark"/>')
    for number, (label, estimate, left, right, text) in enumerate(rows):
        y = number * step + 14
        colour = PALETTE[number % len(PALETTE)]
        body.append(
            f'<text x="190" y="{y + 4}" class="end">{escape(label)}</text>'
            f'<line x1="{across(left)}" x2="{across(right)}" y1="{y}" y2="{y}" stroke="{colour}"'
            f' stroke-width="2"/><circle cx="{across(estimate)}" cy="{y}" r="4.5" fill="{colour}"/>'
            f'<text x="{WIDTH - 160}" y="{y + 4}" class="small">{escape(text)}</text>'
        )
    return _svg("".join(body), base + 30, "estimates with 95% intervals")


def reliability(points: Sequence[tuple[float, float, int]]) -> str:
    """Predicted against observed share, a dot a bin, its area by the bin's size."""
    across, up = Scale(0, 1, 60, 330), Scale(0, 1, 270, 16)
    biggest = max((count for *_, count in points), default=1) or 1
    body = [
        '<line x1="60" y1="270" x2="330" y2="16" class="grid"/>',
        _x_axis(across, 270, "predicted share worth reading"),
        _y_axis(up, 60, "observed share"),
    ]
    for predicted, observed, count in points:
        radius = 3 + 8 * math.sqrt(count / biggest)
        body.append(
            f'<circle cx="{across(predicted)}" cy="{up(observed)}" r="{radius:.1f}" fill="{PALETTE[0]}"'
            f' fill-opacity="0.7"><title>{count} excerpts: predicted {predicted:.2f}, observed'
            f" {observed:.2f}</title></circle>"
        )
    return _svg("".join(body), 320, "reliability", 360)


def _x_axis(scale: Scale, y: float, label: str) -> str:
    marks = "".join(
        f'<line x1="{scale(t)}" x2="{scale(t)}" y1="{y}" y2="{y + 4}" class="axis"/>'
        f'<text x="{scale(t)}" y="{y + 17}" class="mid">{_number(t)}</text>'
        for t in ticks(scale.low, scale.high)
    )
    middle = (scale.start + scale.end) / 2
    return (
        f'<line x1="{scale.start}" x2="{scale.end}" y1="{y}" y2="{y}" class="axis"/>{marks}'
        f'<text x="{middle}" y="{y + 34}" class="mid">{escape(label)}</text>'
    )


def _y_axis(scale: Scale, x: float, label: str) -> str:
    marks = "".join(
        f'<line x1="{x - 4}" x2="{x}" y1="{scale(t)}" y2="{scale(t)}" class="axis"/>'
        f'<text x="{x - 7}" y="{scale(t) + 4}" class="end">{_number(t)}</text>'
        for t in ticks(scale.low, scale.high)
    )
    return (
        f'<line x1="{x}" x2="{x}" y1="{scale.start}" y2="{scale.end}" class="axis"/>{marks}'
        f'<text x="{x + 6}" y="12" class="small">{escape(label)}</text>'
    )


def _number(value: float) -> str:
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if abs(value) >= 10_000 else f"{value:g}"


def _svg(body: str, height: float, title: str, width: int = WIDTH) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img"'
        f' aria-label="{escape(title, quote=True)}">{body}</svg>'
    )
