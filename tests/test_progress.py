from __future__ import annotations

import io

from hornbook.progress import Clock, Lines


def test_plain_lines_tell_start_end_and_time_left() -> None:
    out = io.StringIO()
    lines = Lines([("a", 10.0), ("b", 30.0)], out, every=0.0)
    lines.begin("a")
    lines.advance(1, 2, "halves")
    lines.finish(skipped=False, note="2 rows")
    lines.begin("b")
    lines.finish(skipped=True)
    text = out.getvalue()
    assert "a: started, about 40 s left in all" in text
    assert "a: 50% halves" in text
    assert "2 rows" in text
    assert "b: nothing to do" in text


def test_the_time_left_follows_the_pace_that_is_seen() -> None:
    """A machine half as fast as expected doubles what is left."""
    clock = Clock([("a", 10.0), ("b", 30.0)])
    clock.begin("a", 0.0)
    clock.finish(20.0, skipped=False)
    clock.begin("b", 20.0)
    assert 25 < clock.remaining(0.5, 50.0) < 35
