"""Facts about running jobs here and in worker processes."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from hornbook.engine import (
    InProcess,
    Job,
    JobFailure,
    Limits,
    Workers,
    executor_for,
    executor_of,
    run_jobs,
)
from hornbook.engine.ray import RayCluster
from hornbook.errors import ConfigError, HornbookError, ResourceError, RunFolderError
from hornbook.stages import EngineChoice, StageContext


class Odd(OSError):
    """An error that can't be copied to another process."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(f"odd {a + b}")


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
        if payload == "endless":
            # Python can't interrupt this: the pattern holds the interpreter's lock.
            re.match(r"(a+)+$", "a" * 40 + "b")
        if payload == "unsendable":
            return {"files": [], "value": lambda: None}
        if payload == "device":
            Path("/dev/full").write_text("x")
        if payload == "odd":
            raise Odd(1, 2)
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


def test_a_dead_worker_costs_its_neighbours_nothing(tmp_path: Path) -> None:
    """Jobs of other workers are done once, whatever became of the one that kills and the endless."""
    work, many = Square(str(tmp_path)), [*range(10), "die", *range(10, 20), "endless"]
    results = run_jobs(Workers(2, Limits(seconds=1.5)), work, jobs(*many), tmp_path / "ledger")
    reasons = [row.reason for row in results if isinstance(row, JobFailure)]
    assert reasons == ["killed its worker 3 times", "did not end within 1.5 s"]
    assert sorted(map(int, (tmp_path / "calls").read_text().split())) == list(range(20))


def test_a_worker_killed_from_outside_costs_a_second_try(tmp_path: Path) -> None:
    """`kill -9` of both workers in the middle of their jobs: these are done again, in new ones."""
    program, seen = tmp_path / "program.py", tmp_path / "seen"
    program.write_text(PROGRAM.replace("600", "600 if len(os.listdir(sys.argv[1])) <= 2 else 0"))
    seen.mkdir()
    parent = subprocess.Popen([sys.executable, str(program), str(seen)])
    deadline = time.monotonic() + 60
    while len(workers := list(seen.iterdir())) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for path in workers:
        os.kill(int(path.name), signal.SIGKILL)
    assert parent.wait(60) == 0
    assert sorted(path.name for path in (seen / "ledger").iterdir()) == ["a.json", "b.json"]


def test_results_and_errors_that_cannot_travel_are_told(tmp_path: Path) -> None:
    """A result that can't be sent fails its job; an odd error still stops the run."""
    results = run_jobs(
        Workers(2), Square(str(tmp_path)), jobs(1, "unsendable", 3), tmp_path / "ledger"
    )
    assert isinstance(results[1], JobFailure)
    assert "can't be sent" in results[1].reason
    with pytest.raises(HornbookError, match="odd 3"):
        list(Workers(2).map(Square(str(tmp_path)), [1, "odd"]))


@pytest.mark.parametrize("executor", [InProcess(), Workers(2)])
def test_a_device_that_is_full_ends_the_run(tmp_path: Path, executor: Any) -> None:
    """The system's own error arrives with its number, so that the user is told of the disk."""
    with pytest.raises(OSError, match="No space left") as caught:
        list(executor.map(Square(str(tmp_path)), ["device"]))
    assert caught.value.errno == errno.ENOSPC


class Unready:
    """A work that can't be set up: by an error, or by a death."""

    version = "1"

    def __init__(self, dies: bool) -> None:
        self.dies = dies

    def setup(self) -> None:
        if self.dies:
            os._exit(1)
        raise ValueError("no model")

    def __call__(self, payload: Any) -> dict[str, Any]:
        return {}


def test_a_work_that_cannot_be_set_up_says_so() -> None:
    """The error itself is raised; workers that die at once end the run after three."""
    with pytest.raises(ValueError, match="no model"):
        list(Workers(2).map(Unready(dies=False), [1]))
    with pytest.raises(HornbookError, match="ended before they could begin"):
        list(Workers(2).map(Unready(dies=True), [1]))


class Pid:
    """Says which process did it."""

    version = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: Any) -> dict[str, Any]:
        return {"pid": os.getpid(), "seen": payload}


def test_workers_are_kept_for_the_same_work_and_end_with_their_executor() -> None:
    """A second call begins no process; no process outlives its executor, or another's beginning."""
    first, second = Workers(1), Workers(1)
    pids = {answer["pid"] for _ in range(2) for _, answer in first.map(Pid(), [1, 2])}  # type: ignore[index]
    assert len(pids) == 1
    (other,) = {answer["pid"] for _, answer in second.map(Pid(), [1])}  # type: ignore[index]
    assert not alive(pids.pop())
    del second
    assert not alive(other)


def test_payloads_are_drawn_as_they_are_needed() -> None:
    """No more payloads are in memory than there are workers."""
    drawn = 0

    def payloads() -> Iterator[int]:
        nonlocal drawn
        while drawn < 100:
            drawn += 1
            yield drawn

    executor = Workers(2)
    for number, _ in enumerate(executor.map(Pid(), payloads()), start=1):
        assert drawn <= number + 2
    assert number == 100


def test_a_caller_that_stops_early_leaves_no_worker(tmp_path: Path) -> None:
    """Busy workers end with the loop that wanted their results."""
    executor = Workers(2, Limits(seconds=60))
    work = Square(str(tmp_path))
    for _ in executor.map(work, [1, "endless"]):
        children = [
            child
            for child in psutil.Process().children()
            if not any("resource_tracker" in word for word in child.cmdline())
        ]
        break
    assert len(children) == 2
    executor.close()
    deadline = time.monotonic() + 10
    while any(alive(child.pid) for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A machine that writes elsewhere is found out, and not taken for done."""

    class Elsewhere(Pid):
        def __call__(self, payload: Any) -> dict[str, Any]:
            return {"files": [str(tmp_path / "other-machine")]}

    with pytest.raises(RunFolderError, match="shared disk"):
        run_jobs(InProcess(), Elsewhere(), jobs(1), tmp_path / "ledger")


def test_the_run_says_which_executor(tmp_path: Path) -> None:
    """`--engine` chooses; without it the number of workers does."""

    def chosen(kind: str, workers: int) -> Any:
        engine = EngineChoice(kind, None, 5.0)
        return executor_of(StageContext(tmp_path, {}, 1, workers, engine=engine))

    assert isinstance(chosen("auto", 1), InProcess)
    assert isinstance(chosen("auto", 2), Workers)
    assert isinstance(chosen("in-process", 4), InProcess)
    assert isinstance(chosen("workers", 1), Workers)
    assert isinstance(chosen("ray", 1), RayCluster)
    assert chosen("workers", 1).limits.seconds == 5.0
    with pytest.raises(ConfigError, match="in-process, workers, ray"):
        chosen("spark", 1)


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
        return {}

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
