"""Facts about results that are known."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.engine import InProcess, JobFailure, Row, RowCache, RowCounts, Workers, cached_rows


class Double:
    """Each number twice; -1 can't be doubled. Counts what it is asked for."""

    version = "1"

    def __init__(self, by: int = 2) -> None:
        self.by, self.seen = by, 0

    def setup(self) -> None:
        return None

    def __call__(self, payload: list[int]) -> dict[str, Any]:
        self.seen += len(payload)
        if -1 in payload:
            raise ValueError("minus one")
        return {"rows": [{"value": (n * self.by) / 7} for n in payload]}


class Raw(Double):
    """Bytes for results."""

    def __call__(self, payload: list[int]) -> dict[str, Any]:
        return {"rows": [n.to_bytes(2, "big") for n in payload]}


def rows(*numbers: int) -> list[Row]:
    return [Row(f"id {number}", number) for number in numbers]


def ask(folder: Path, numbers: list[int], **other: Any) -> tuple[list[Any], RowCounts]:
    work = other.get("work", Double())
    executor, per_job = other.get("executor", InProcess()), other.get("rows_per_job", 40)
    cache = RowCache.of(folder, work, other.get("key", "k"))
    found = [value for _, value in cached_rows(executor, work, rows(*numbers), cache, per_job)]
    cache.close()
    return found, cache.counts


def test_only_what_changed_is_done_again(tmp_path: Path) -> None:
    """Counts: appended rows alone; nothing for other cuts or workers; all for another key."""
    first, counts = ask(tmp_path, list(range(100)))
    assert counts == RowCounts(asked=100, known=0, done=100)
    _, counts = ask(tmp_path, list(range(130)))
    assert counts == RowCounts(asked=130, known=100, done=30)
    again, counts = ask(tmp_path, list(range(100))[::-1], executor=Workers(2), rows_per_job=7)
    assert counts == RowCounts(asked=100, known=100)
    assert again == first[::-1]
    refitted, counts = ask(tmp_path, list(range(100)), key="another forest")
    assert counts == RowCounts(asked=100, done=100)
    assert refitted == first
    _, counts = ask(tmp_path, list(range(100)), work=Raw())
    assert counts.done == 100
    _, counts = ask(tmp_path, list(range(100)))
    assert counts.known == 100


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.integers(-1, 20), max_size=25), max_size=4),
    st.integers(1, 9),
    st.integers(1, 10),
)
def test_known_or_not_the_results_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, asked: list[list[int]], per_job: int, window: int
) -> None:
    """Whatever was asked for before, a row has the same result; counts hold; failures stay open."""
    folder = tmp_path_factory.mktemp("cache")
    before: set[int] = set()
    for numbers in asked:
        cache = RowCache.of(folder, Double(), "k")
        cache.window_rows = window
        found = dict(cached_rows(InProcess(), Double(), rows(*numbers), cache, per_job))
        for row, value in found.items():
            if row.payload == -1:
                assert value == JobFailure("id -1", "ValueError: minus one")
            else:
                assert value == {"value": row.payload * 2 / 7}
        counts, good = cache.counts, set(numbers) - {-1}
        assert counts.asked == len(numbers) == counts.known + counts.done + counts.failed
        assert counts.done == len(good - before)
        before |= good
        cache.close()


def test_bytes_are_kept_as_they_are(tmp_path: Path) -> None:
    """A result may be bytes, such as a vector's."""
    for _ in range(2):
        assert ask(tmp_path, [1, 258], work=Raw())[0] == [b"\x00\x01", b"\x01\x02"]


def test_a_row_that_was_changed_is_done_again(tmp_path: Path) -> None:
    """A checksum guards each result: bits that turned give no wrong score."""
    ask(tmp_path, list(range(10)))
    (path,) = (tmp_path / "rows").glob("*.sqlite")
    with sqlite3.connect(path) as file:
        file.execute("UPDATE results SET value = replace(value, '2', '3')")
        file.execute("UPDATE results SET value = CAST(value AS BLOB)")
    file.close()
    found, counts = ask(tmp_path, list(range(10)))
    assert found == [{"value": n * 2 / 7} for n in range(10)]
    assert counts.done > 0


@pytest.mark.parametrize("how", ["nonsense", "cut", "another program's", "holes"])
def test_a_damaged_file_is_put_aside_with_a_note(tmp_path: Path, how: str) -> None:
    """What can't be read is done again; results are right, and somebody is told."""
    expected, _ = ask(tmp_path, list(range(3000)))
    (path,) = (tmp_path / "rows").glob("*.sqlite")
    data = path.read_bytes()
    if how == "nonsense":
        path.write_bytes(b"no database" * 1000)
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "holes":
        path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    else:
        path.unlink()
        with sqlite3.connect(path) as file:
            file.execute("CREATE TABLE mine (x)")
        file.close()
    notes: list[str] = []
    cache = RowCache.of(tmp_path, Double(), "k", notes.append)
    found = [v for _, v in cached_rows(InProcess(), Double(), rows(*range(3000)), cache)]
    cache.close()
    assert found == expected
    assert "moved to" in notes[0]
    assert ask(tmp_path, list(range(3000)))[1].known == 3000


def test_a_cache_that_cannot_be_written_costs_no_run(tmp_path: Path) -> None:
    """Where the cache can't be, the work goes on without it."""
    (tmp_path / "rows").write_text("a file in the way")
    notes: list[str] = []
    cache = RowCache.of(tmp_path, Double(), "k", notes.append)
    found = [v for _, v in cached_rows(InProcess(), Double(), rows(*range(5)), cache)]
    assert found == [{"value": n * 2 / 7} for n in range(5)]
    assert len(notes) == 1
    assert "goes on without it" in notes[0]


def test_memory_holds_a_window_and_no_more(tmp_path: Path) -> None:
    """Rows are drawn as results are taken; a window ends by rows or by bytes."""
    drawn = 0

    def many(size: int) -> Iterator[Row]:
        nonlocal drawn
        for drawn in range(1, 1001):
            yield Row(str(drawn), "x" * size)

    class Lengths(Double):
        def __call__(self, payload: list[Any]) -> dict[str, Any]:
            return {"rows": [len(text) for text in payload]}

    for size, most in ((1, 50), (1000, 10)):
        cache = RowCache.of(tmp_path, Lengths(), str(size))
        cache.window_rows, cache.window_bytes = 50, 10_000
        for taken, _ in enumerate(cached_rows(InProcess(), Lengths(), many(size), cache), start=1):
            assert drawn < taken + most
        assert taken == 1000


PROGRAM = """
import sys, time
from pathlib import Path
from hornbook.engine import InProcess, Row, RowCache, cached_rows

class Slow:
    version = "1"
    def setup(self): pass
    def __call__(self, payload):
        time.sleep(0.002)
        return {"rows": [[n, n * n] for n in payload]}

first, last = int(sys.argv[2]), int(sys.argv[3])
cache = RowCache.of(Path(sys.argv[1]), Slow(), "k")
rows = [Row(str(n), n) for n in range(first, last)]
found = [value for _, value in cached_rows(InProcess(), Slow(), rows, cache, 10)]
assert found == [[n, n * n] for n in range(first, last)]
print(cache.counts.known, cache.counts.done)
"""


def test_kill_9_loses_little_and_writers_share_a_file(tmp_path: Path) -> None:
    """What was done before a kill is known; four processes that write at once lose nothing."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, str(program), str(tmp_path)]
    victim = subprocess.Popen([*command, "0", "100000"])
    deadline = time.monotonic() + 30
    while not (files := list((tmp_path / "rows").glob("*-wal"))) or files[0].stat().st_size < 4e5:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    others = [
        subprocess.Popen([*command, str(n), str(1000 + n)], stdout=subprocess.PIPE, text=True)
        for n in range(0, 800, 200)
    ]
    told = [other.communicate(timeout=60)[0].split() for other in others]
    assert all(other.returncode == 0 for other in others)
    assert int(told[0][0]) > 0
    last = subprocess.run([*command, "0", "1600"], capture_output=True, text=True, check=True)
    assert last.stdout.split() == ["1600", "0"]
