"""Facts about disks that are full, files that can't be read, and caches that are emptied."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hornbook.cli import main
from hornbook.engine import (
    InProcess,
    Job,
    JobFailure,
    Row,
    RowCache,
    Workers,
    cached_rows,
    run_jobs,
)
from hornbook.recipes.folder import cache_folder
from hornbook.records import Document, Problem, content_id
from hornbook.storage import read_rows, write_bytes, write_rows, write_shards


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@dataclass
class Fill:
    """Writes 100 kB a job."""

    folder: str
    version: str = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: int) -> dict[str, Any]:
        path = Path(self.folder) / f"{payload}.bin"
        write_bytes(path, bytes(100_000))
        return {"files": [str(path)], "n": payload}


@pytest.mark.parametrize("executor", [InProcess(), Workers(2)])
def test_a_full_disk_keeps_what_was_finished(small_disk: Path, executor: Any) -> None:
    """The run stops with the system's error; with room again, only the rest is done."""
    jobs = [Job(f"job-{n}", n, str(n)) for n in range(12)]
    ballast = small_disk / "ballast"
    write_bytes(ballast, bytes(400_000))
    with pytest.raises(OSError, match="No space left") as caught:
        run_jobs(executor, Fill(str(small_disk)), jobs[:9], small_disk / "ledger")
    assert caught.value.errno == errno.ENOSPC
    assert not list(small_disk.glob(".*.tmp"))
    kept = {path.name: path.stat().st_mtime_ns for path in (small_disk / "ledger").iterdir()}
    assert kept
    ballast.unlink()
    results = run_jobs(executor, Fill(str(small_disk)), jobs[:9], small_disk / "ledger")
    assert [row["n"] for row in results] == list(range(9))  # type: ignore[index]
    for name, time in kept.items():
        if name.endswith(".json"):
            assert (small_disk / "ledger" / name).stat().st_mtime_ns == time


class Big:
    """A result of 50 kB for each row."""

    version = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: list[int]) -> dict[str, Any]:
        return {"rows": ["x" * 50_000 for _ in payload]}


def test_a_cache_on_a_full_disk_costs_no_run(small_disk: Path) -> None:
    """Results come whether they can be kept or not, and somebody is told."""
    notes: list[str] = []
    cache = RowCache.of(small_disk, Big(), "k", notes.append)
    rows = [Row(str(n), n) for n in range(60)]
    found = [value for _, value in cached_rows(InProcess(), Big(), rows, cache, 5)]
    cache.close()
    assert [len(value) for value in found] == [50_000] * 60
    assert len(notes) == 1
    assert "full" in notes[0]


class Count:
    """The rows of one shard."""

    version = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: str) -> dict[str, Any]:
        return {"files": [], "rows": len(list(read_rows(Path(payload), Document)))}


@pytest.mark.parametrize("executor", [InProcess(), Workers(2)])
def test_a_shard_that_cannot_be_read_fails_alone(tmp_path: Path, executor: Any) -> None:
    """One is cut short, one is no table, one is another table: each says so, and the others are counted."""
    rows = [Document(content_id(str(n)), str(n) * 50, "a", "b", "1", str(n)) for n in range(50)]
    write_shards(tmp_path, Document, rows, rows_per_shard=10)
    paths = sorted(tmp_path.glob("*.parquet"))
    paths[0].write_bytes(paths[0].read_bytes()[:500])
    paths[2].write_text("no table")
    write_rows(paths[4], Problem, [Problem("t", "b", "l", "f", "p", "e", "c", "t")])
    jobs = [Job(path.stem, str(path), "k") for path in paths]
    results = run_jobs(executor, Count(), jobs, tmp_path / "ledger")
    bad = [row for row in results if isinstance(row, JobFailure)]
    assert [row.job for row in bad] == [paths[n].stem for n in (0, 2, 4)]
    assert all(str(tmp_path / row.job) in row.reason for row in bad)
    assert [row["rows"] for row in results if not isinstance(row, JobFailure)] == [10, 10]


def test_clean_empties_the_cache_of_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """`hornbook clean` leaves no result behind."""
    cache = RowCache.of(cache_folder(), Big(), "k")
    cache.put({"a": 1})
    cache.close()
    assert cache.path.exists()
    assert main(["clean"]) == 0
    assert not cache.path.exists()
    assert "removed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--address", "127.0.0.1:6379"], "only --engine ray has one"),
        (["--engine", "ray", "--address", "auto"], "not HOST:PORT"),
        (["--engine", "ray", "--address", "ray://127.0.0.1:1"], "not HOST:PORT"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Before any work is done, with exit code 2."""
    assert main(["run", "quickstart", "--runs", str(tmp_path / "runs"), *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
