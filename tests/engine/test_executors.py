"""Facts about running jobs here and in worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from hornbook.engine import InProcess, Job, JobFailure, Workers, executor_for, run_jobs
from hornbook.errors import ResourceError


@dataclass
class Square:
    """Writes n squared; fails, dies or ends the run where asked."""

    folder: str
    version: str = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: Any) -> dict[str, Any]:
        if payload == "raise":
            raise ValueError("bad row")
        if payload == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if payload == "full":
            raise ResourceError("disk full")
        path = Path(self.folder) / f"{payload}.txt"
        path.write_text(str(payload**2))
        with (Path(self.folder) / "calls").open("a") as handle:
            handle.write(f"{payload}\n")
        return {"files": [str(path)], "square": payload**2}


def jobs(*payloads: Any) -> list[Job]:
    return [Job(f"job-{n}", payload, str(payload)) for n, payload in enumerate(payloads)]


@pytest.mark.parametrize("executor", [InProcess(), Workers(2)])
def test_one_bad_job_fails_alone(tmp_path: Path, executor: Any) -> None:
    """A job that raises gives its reason, and its neighbours give their results."""
    results = run_jobs(executor, Square(str(tmp_path)), jobs(1, "raise", 3), tmp_path / "ledger")
    assert [getattr(r, "reason", r) for r in results][1] == "ValueError: bad row"
    assert results[0]["square"] == 1  # type: ignore[index]
    assert results[2]["square"] == 9  # type: ignore[index]


def test_a_job_that_kills_its_worker_costs_only_itself(tmp_path: Path) -> None:
    """The neighbours that died with it are done again; the culprit is given up after three deaths."""
    results = run_jobs(
        Workers(2), Square(str(tmp_path)), jobs(1, "die", 3, 4, 5), tmp_path / "ledger"
    )
    failure = results[1]
    assert isinstance(failure, JobFailure)
    assert "killed its worker 3 times" in failure.reason
    assert [r["square"] for r in results if not isinstance(r, JobFailure)] == [1, 9, 16, 25]


@pytest.mark.parametrize("executor", [InProcess(), Workers(2)])
def test_a_full_disk_ends_the_run(tmp_path: Path, executor: Any) -> None:
    """What is everyone's trouble is not written off as one job's failure."""
    with pytest.raises(ResourceError):
        run_jobs(executor, Square(str(tmp_path)), jobs(1, "full"), tmp_path / "ledger")


def test_finished_jobs_are_not_done_again_and_damaged_ones_are(tmp_path: Path) -> None:
    """A job is done again if its file was changed or the code has another version."""
    work, ledger = Square(str(tmp_path)), tmp_path / "ledger"
    run_jobs(InProcess(), work, jobs(2, 3), ledger)
    (tmp_path / "3.txt").write_text("spoilt")
    run_jobs(InProcess(), work, jobs(2, 3), ledger)
    assert (tmp_path / "calls").read_text().split() == ["2", "3", "3"]
    run_jobs(InProcess(), Square(str(tmp_path), version="2"), jobs(2, 3), ledger)
    assert (tmp_path / "calls").read_text().split() == ["2", "3", "3", "2", "3"]


def test_one_worker_needs_no_other_process() -> None:
    """One worker is this process, more are processes of their own."""
    assert isinstance(executor_for(1), InProcess)
    assert isinstance(executor_for(2), Workers)


PROGRAM = """
import os, sys, time
from pathlib import Path
from hornbook.engine import Job, Workers, run_jobs

class Sleep:
    version = "1"
    def setup(self): pass
    def __call__(self, payload):
        Path(sys.argv[1], str(os.getpid())).touch()
        time.sleep(600)

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    run_jobs(Workers(2), Sleep(), [Job("a", 1, "a"), Job("b", 2, "b")], folder / "ledger")
"""


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    """A worker in the middle of a job does not outlive a parent that got SIGKILL."""
    program, seen = tmp_path / "program.py", tmp_path / "seen"
    program.write_text(PROGRAM)
    seen.mkdir()
    parent = subprocess.Popen([sys.executable, str(program), str(seen)])
    deadline = time.monotonic() + 60
    while len(workers := [path for path in seen.iterdir() if path.name.isdigit()]) < 2:
        assert time.monotonic() < deadline
        assert parent.poll() is None
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    while any(alive(int(path.name)) for path in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)
