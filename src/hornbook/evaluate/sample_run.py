"""Judging a sample file: from what models wrote to a verdict file and its summary.

One pass checks and counts, a second judges. Memory holds a bounded number of samples and the counts
of each problem, however long the file is.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from hornbook.errors import DamagedFileError, RunFolderError, SourceError
from hornbook.evaluate.journal import Journal, unlike
from hornbook.evaluate.judging import Check, judge_stream
from hornbook.evaluate.rows import Ruling, line_of, row_of, ruling_of
from hornbook.evaluate.samples import (
    Hasher,
    Index,
    Sample,
    SampleFile,
    check_complete,
    refusal,
    whole_program,
)
from hornbook.evaluate.summary import Tally, figures
from hornbook.evaluate.verdict_store import (
    CACHED,
    REMEMBERED,
    Keys,
    Store,
    benchmark_digest,
    conditions,
    problem_digest,
)
from hornbook.json_lines import json_rows
from hornbook.progress import Progress
from hornbook.records import Problem, Verdict
from hornbook.sandbox import Limits, Sandbox
from hornbook.storage import read_json, write_json

FORMAT = 1
Open = Callable[[], Sandbox]


@dataclass(frozen=True)
class SampleRun:
    """What is asked: a benchmark, a sample file, and under which conditions."""

    benchmark: str
    problems: Sequence[Problem]
    samples: SampleFile
    out: Path
    limits: Limits
    protection: str = "auto"
    ks: tuple[int, ...] = (1, 10, 100)
    workers: int = 2
    partial: bool = False
    force: bool = False
    cache: Path | None = None
    """The shared cache's file; None for none."""

    @cached_property
    def by_task(self) -> dict[str, Problem]:
        return {problem.task_id: problem for problem in self.problems}

    def asked(self, index: Index) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "benchmark": self.benchmark,
            "problems": benchmark_digest(self.problems),
            "samples": index.total,
            "samples_digest": index.digest,
            "stop": list(self.samples.stop),
            "limits": asdict(self.limits),
            "protection": self.protection,
        }


def evaluate_samples(
    run: SampleRun,
    open_one: Open,
    progress: Progress,
    before: Callable[[Mapping[str, object]], None] = lambda had: None,
) -> tuple[dict[str, Any], bool]:
    """Judge every sample. Returns the summary, and whether anything had to be judged for it.

    `before` gets the conditions, ahead of the first check of all. Raises
    `SourceError` for the samples' faults, `RunFolderError` where OUT is another evaluation's or in
    use, `ResourceError` for a full disk, and what `open_one` and `before` raise.
    """
    index = run.samples.index()
    check_complete(index, run.by_task, run.partial, run.samples.name)
    asked = run.asked(index)
    with Journal(run.out) as journal:
        if run.out.exists() and not run.force:
            return _finished(run, journal, asked), False
        sandbox = open_one()
        had = conditions(sandbox, run.limits)
        sandbox.close()
        identity = {"asked": asked, "had": had}
        if not journal.begin(identity, run.force):
            before(had)
            journal.head_with(identity)
        judging = _Judging(run, had, journal, progress)
        tally, verdicts = judging.judge(open_one, index)
        summary = {
            "asked": asked,
            "had": had,
            "verdicts_sha256": verdicts,
            **figures(tally, run.problems, run.ks),
        }
        journal.finish(summary)
        return summary, True


class _Judging:
    """The second pass."""

    def __init__(
        self, run: SampleRun, had: dict[str, object], journal: Journal, progress: Progress
    ) -> None:
        self._run = run
        self._journal = journal
        self._progress = progress
        self._tier = str(had["tier"])
        self._keys = Keys(had)
        self._memo = Store(None, REMEMBERED, progress.say)
        self._cache = Store(run.cache, CACHED, progress.say) if run.cache else None
        self._tests: dict[tuple[str, str], tuple[Problem, str]] = {}
        self._judged: deque[tuple[Sample, bool]] = deque()
        self._hash = hashlib.sha256()
        self._read = Hasher()
        self._tally = Tally()

    def judge(self, open_one: Open, index: Index) -> tuple[Tally, str]:
        """The counts, and the verdict file's sha256."""
        run, done = self._run, 0
        try:
            samples = self._known_rows(iter(run.samples))
            done = sum(self._tally.verdicts.values())
            stream = judge_stream(open_one, self._checks(samples), run.limits, run.workers)
            with closing(stream):
                for check, verdict in stream:
                    self._keep(check, Ruling.of(verdict))
                    done += 1
                    self._progress.advance(done, index.total, f"{done:,} of {index.total:,}")
        finally:
            self._memo.close()
            if self._cache:
                self._cache.close()
        if self._read.digest() != index.digest:
            raise SourceError(
                f"{run.samples.name}: changed while it was read; run again with --force"
            )
        return self._tally, self._hash.hexdigest()

    def _known_rows(self, samples: Iterator[Sample]) -> Iterator[Sample]:
        """Take over the rows that an earlier process wrote; returns the samples that are left."""
        place = 0
        for end, line, row in self._journal.rows():
            sample = next(samples, None)
            ruling = ruling_of(row, sample) if sample else None
            if sample is None or ruling is None or ruling.tier != self._tier:
                samples = chain([sample], samples) if sample else samples
                break
            place = end
            self._read.add(sample)
            self._hash.update(line)
            self._tally.add(sample.task_id, ruling)
            self._memo.put(self._key(sample), ruling)
        if self._journal.cut(place):
            self._progress.say(f"{self._journal.path}: its end was not whole and is judged again")
        return samples

    def _checks(self, samples: Iterator[Sample]) -> Iterator[Check]:
        name = self._run.benchmark
        for sample in samples:
            self._read.add(sample)
            problem, _ = self._problem(sample)
            key, known = self._key(sample), None
            why = refusal(sample.text)
            if why:
                known = Ruling("refused", "refused", why, "", "", "", 0.0, self._tier, False)
            else:
                known = self._memo.get(key, self._tier)
                if known is None and self._cache:
                    known = self._cache.get(key, self._tier)
            verdict: Verdict | None = known.verdict_on(sample, name) if known else None
            self._judged.append((sample, known is None))
            yield Check(key, problem, sample.completion(name), verdict)

    def _keep(self, check: Check, ruling: Ruling) -> None:
        sample, fresh = self._judged.popleft()
        self._memo.put(check.key, ruling)
        if fresh and self._cache:
            self._cache.put(check.key, ruling)
        line = line_of(row_of(sample, ruling))
        self._journal.add(line)
        self._hash.update(line)
        self._tally.add(sample.task_id, ruling)

    def _problem(self, sample: Sample) -> tuple[Problem, str]:
        """The problem as this sample meets it, with its digest."""
        name = (sample.task_id, sample.field)
        if name not in self._tests:
            problem = self._run.by_task[sample.task_id]
            if sample.field == "solution":
                problem = whole_program(problem)
            self._tests[name] = problem, problem_digest(problem)
        return self._tests[name]

    def _key(self, sample: Sample) -> str:
        problem, tests = self._problem(sample)
        return self._keys.key(tests, problem.prompt + sample.text)


def _finished(run: SampleRun, journal: Journal, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The summary of a verdict file that is whole, with the scores that are asked for now."""
    try:
        there = read_json(journal.summary)
    except (FileNotFoundError, DamagedFileError):
        there = None
    known = there.get("asked") if isinstance(there, dict) else None
    if known != asked or not isinstance(there, dict):
        raise RunFolderError(
            f"{run.out}: exists and holds {unlike(known, asked)}; choose another --out, or --force to"
            " replace it"
        )
    tally, sha256 = read_tally(run.out)
    if there.get("verdicts_sha256") != sha256:
        raise RunFolderError(f"{run.out}: was changed since it was judged; --force judges again")
    summary = {**there, **figures(tally, run.problems, run.ks)}
    if summary != there:
        write_json(journal.summary, summary)
    return summary


def read_tally(path: Path) -> tuple[Tally, str]:
    """The counts of a verdict file, and its sha256. Raises `SourceError` for what is none."""
    tally, whole = Tally(), hashlib.sha256()
    for line, row in json_rows(str(path), lambda: path.open("rb")):
        ruling = Ruling.read(row)
        if ruling is None or not isinstance(row.get("task_id"), str):
            raise SourceError(f"{path}:{line}: not a row of a verdict file")
        tally.add(row["task_id"], ruling)
    with path.open("rb") as handle:
        while data := handle.read(1 << 20):
            whole.update(data)
    return tally, whole.hexdigest()
