from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.report import charts

number = st.floats(-1e6, 1e6)


@given(number, number)
def test_ticks_lie_inside_and_are_few(first: float, second: float) -> None:
    """Ticks of any range are ascending, inside it, and no more than a reader can take in."""
    low, high = min(first, second), max(first, second)
    if high - low < 1e-3:
        return
    found = charts.ticks(low, high)
    assert found == sorted(found)
    assert 2 <= len(found) <= 12
    slack = (high - low) * 1e-6
    assert all(low - slack <= tick <= high + slack for tick in found)


def shown(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def test_an_interval_is_drawn_where_it_is() -> None:
    """A point lies between the ends of its interval, and zero is marked where values cross it."""
    drawing = shown(charts.whiskers([("a", -2.0, -5.0, 4.0, "two")]))
    lines = [e for e in drawing.iter("line") if e.get("stroke-width") == "2"]
    circle = next(drawing.iter("circle"))
    left, at, right = (float(v) for v in (lines[0].get("x1"), circle.get("cx"), lines[0].get("x2")))  # type: ignore[arg-type]
    assert left < at < right
    assert math.isclose((at - left) / (right - left), 3 / 9, abs_tol=0.01)
    assert any(e.get("class") == "mark" for e in drawing.iter("line"))


def test_bars_are_as_long_as_their_values() -> None:
    """Twice the value is twice the bar."""
    drawing = shown(charts.bars([("a", 10.0, "10"), ("b", 5.0, "5")]))
    widths = [float(e.get("width") or 0) for e in drawing.iter("rect")]
    assert widths[0] == pytest.approx(2 * widths[1], rel=0.01)


def test_a_histogram_marks_what_is_kept() -> None:
    """Bars from the threshold on have another colour than those below it."""
    drawing = shown(charts.histogram([0.0, 1.0, 2.0, 3.0], [4, 5, 6], 2.0, "score"))
    colours = [e.get("fill") for e in drawing.iter("rect")]
    assert colours[0] == colours[1] != colours[2]


def test_every_series_has_a_line_and_a_name() -> None:
    """Curves draw one line a series and list its name."""
    drawing = shown(charts.curves({"raw": [(0, 5), (9, 3)], "base": [(0, 4), (9, 2)]}, "x", "y"))
    assert len(list(drawing.iter("polyline"))) == 2
    texts = {e.text for e in drawing.iter("text")}
    assert {"raw", "base"} <= texts
    assert charts.curves({}, "x", "y") == ""


def test_labels_are_escaped() -> None:
    """A label from a file's name can't become markup."""
    drawing = charts.bars([("<script>alert(1)</script>", 1.0, "&")])
    assert "<script>" not in drawing
    shown(drawing)
