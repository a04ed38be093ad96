"""Jobs with a ledger: what was finished before an interruption is not done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hornbook.errors import HornbookError, RunFolderError
from hornbook.storage import digest, file_digest, read_json, write_json

if TYPE_CHECKING:
    from hornbook.engine.executors import Executor


@dataclass(frozen=True)
class Job:
    """One unit of work. `name` is its file name in the ledger; `payload` must be picklable."""

    name: str
    payload: Any
    key: str
    """A digest of everything the result depends on besides the work itself."""


@dataclass(frozen=True)
class JobFailure:
    """A job that gave no result, with the reason; the other jobs are unharmed."""

    job: str
    reason: str


class Work(Protocol):
    """What is done to every job. Pure: the result depends on the payload and on itself alone."""

    version: str

    def setup(self) -> None:
        """Called once in every worker, for what is dear to load."""

    def __call__(self, payload: Any) -> dict[str, Any]:
        """Do one job. Returns JSON; `files` lists what was written, as strings."""


def run_jobs(
    executor: Executor,
    work: Work,
    jobs: Sequence[Job],
    ledger: Path,
    on_done: Callable[[int, int], None] = lambda done, total: None,
) -> list[dict[str, Any] | JobFailure]:
    """Results in the order of `jobs`, whatever the order they were finished in.

    A job whose ledger line has the same key, and whose files are still what they were, is not run
    again. Failures are returned, not written, so the next run tries them again.
    """
    results: dict[int, dict[str, Any] | JobFailure] = {}
    waiting: list[tuple[int, Job]] = []
    for index, job in enumerate(jobs):
        known = _recall(ledger, job, work.version)
        if known is None:
            waiting.append((index, job))
        else:
            results[index] = known
    on_done(len(results), len(jobs))
    for position, outcome in executor.map(work, [job.payload for _, job in waiting]):
        index, job = waiting[position]
        if isinstance(outcome, JobFailure):
            results[index] = JobFailure(job.name, outcome.reason)
        else:
            results[index] = outcome
            _record(ledger, job, work.version, outcome)
        on_done(len(results), len(jobs))
    return [results[index] for index in range(len(jobs))]


def _line(ledger: Path, job: Job) -> Path:
    return ledger / f"{job.name}.json"


def _recall(ledger: Path, job: Job, version: str) -> dict[str, Any] | None:
    try:
        line = read_json(_line(ledger, job))
        if line["key"] != digest([job.key, version]):
            return None
        intact = all(file_digest(Path(name)) == seen for name, seen in line["files"].items())
        return dict(line["result"]) if intact else None
    except (OSError, KeyError, TypeError, HornbookError):
        return None


def _record(ledger: Path, job: Job, version: str, result: dict[str, Any]) -> None:
    try:
        files = {name: file_digest(Path(name)) for name in result.get("files", [])}
    except FileNotFoundError as error:
        raise RunFolderError(
            f"{error.filename}: a worker wrote it, but it is not there; on a cluster the run's"
            " folder must be the same for every machine (--runs on a shared disk)"
        ) from None
    line = {"key": digest([job.key, version]), "files": files, "result": result}
    write_json(_line(ledger, job), line)
