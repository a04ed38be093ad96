"""The pre-flight before samples are judged, and the word that it went well.

What it found depends on the problems, the stop list and the conditions alone, so success is noted
in the cache under their digest. Failure is not: it is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from hornbook.errors import DamagedFileError
from hornbook.evaluate.judging import Check, judge_stream
from hornbook.evaluate.matrix import Judge
from hornbook.evaluate.preflight import preflight, require
from hornbook.evaluate.sample_run import SampleRun
from hornbook.evaluate.verdict_store import benchmark_digest
from hornbook.progress import Progress
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import Limits, Sandbox
from hornbook.storage import digest, read_json, write_json


def judge_with(open_one: Callable[[], Sandbox], limits: Limits, workers: int) -> Judge:
    """A judge of lists, on the same path as samples are judged."""

    def judge(pairs: Sequence[tuple[Problem, Completion]]) -> list[Verdict]:
        checks = (Check(f"{number}", *pair) for number, pair in enumerate(pairs))
        with closing(judge_stream(open_one, checks, limits, workers)) as stream:
            return [verdict for _, verdict in stream]

    return judge


def self_check(
    run: SampleRun,
    open_one: Callable[[], Sandbox],
    had: Mapping[str, object],
    folder: Path | None,
    progress: Progress,
) -> None:
    """Raises `PreflightFailed` unless answers with known verdicts get them. `folder` is the cache."""
    stop = list(run.samples.stop)
    key = digest({"problems": benchmark_digest(run.problems), "stop": stop, "had": dict(had)})
    note = folder / f"{key}.json" if folder else None
    if note is not None and _went_well(note, key):
        return
    progress.say(f"self-check of {run.benchmark}: answers whose verdicts are known")
    judge = judge_with(open_one, run.limits, run.workers)
    require(preflight(run.problems, judge, run.samples.stop))
    if note is not None:
        try:
            write_json(note, {"key": key, "ok": True})
        except OSError as error:
            progress.say(
                f"{note}: not written ({error.strerror}); the self-check runs again next time"
            )


def _went_well(note: Path, key: str) -> bool:
    try:
        there = read_json(note)
    except (OSError, DamagedFileError, RecursionError):
        return False
    return isinstance(there, dict) and there == {"key": key, "ok": True}
