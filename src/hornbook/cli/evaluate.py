"""`hornbook evaluate samples|compare|verify`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from hornbook.benchmarks import problems_named
from hornbook.errors import ConfigError, SandboxUnavailable
from hornbook.evaluate import bundle as bundles
from hornbook.evaluate import compare as comparing
from hornbook.evaluate import summary as summaries
from hornbook.evaluate import verify as verifying
from hornbook.evaluate.journal import summary_path
from hornbook.evaluate.sample_run import SampleRun, evaluate_samples
from hornbook.evaluate.samples import SampleFile
from hornbook.evaluate.self_check import self_check
from hornbook.evaluate.verdict_store import FILE
from hornbook.progress import duration
from hornbook.recipes.folder import cache_folder
from hornbook.sandbox import Limits, open_sandbox

WALL = 4
"""The wall clock is a backstop at so many times the CPU seconds."""


class Counting:
    """Progress as a line on standard error now and then."""

    def __init__(self, every: float = 10.0) -> None:
        self._every = every
        self._began: tuple[float, float] | None = None
        self._said = time.monotonic()

    def advance(self, done: float, total: float, note: str = "") -> None:
        now = time.monotonic()
        if self._began is None:
            self._began, self._said = (now, done), now
        if now - self._said < self._every:
            return
        self._said = now
        began, first = self._began
        left = (now - began) / max(done - first, 1) * (total - done)
        self.say(f"judged {note}, about {duration(left)} left")

    def say(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)


def samples(options: argparse.Namespace) -> int:
    """Judge a sample file; prints the scores."""
    problems = problems_named(options.benchmark)
    by_task = {problem.task_id: problem for problem in problems}
    _kept_apart(options)
    run = SampleRun(
        benchmark=problems[0].benchmark,
        problems=problems,
        samples=SampleFile.at(options.samples, by_task, tuple(options.stop)),
        out=options.out,
        limits=limits_of(options),
        protection=options.sandbox,
        ks=options.k,
        workers=options.workers,
        partial=options.partial,
        force=options.force,
        cache=None if options.no_cache else cache_folder() / "verdicts" / FILE,
    )
    opener, progress = partial(open_sandbox, options.sandbox), Counting()

    def check(had: Mapping[str, object]) -> None:
        if not options.no_preflight:
            folder = None if options.no_cache else cache_folder() / "preflight"
            self_check(run, opener, had, folder, progress)

    try:
        summary, worked = evaluate_samples(run, opener, progress, check)
    except SandboxUnavailable:
        for k in options.k:
            print(f"pass@{k}: not run")
        raise
    for line in summaries.lines(summary):
        print(line)
    if options.bundle is not None:
        bundles.write_bundle(options.bundle, problems, run.samples, options.out, summary)
        print(f"{options.bundle}: written; `hornbook evaluate verify` judges it again")
    print(f"{options.out}: {'done' if worked else 'nothing to do'}")
    return 0


def limits_of(options: argparse.Namespace) -> Limits:
    seconds = options.cpu_seconds
    return Limits(seconds, WALL * seconds, options.memory_mb)


def _kept_apart(options: argparse.Namespace) -> None:
    """Nothing that is read is written over."""
    written = [options.out, summary_path(options.out)]
    written += [
        options.out.with_name(options.out.name + end) for end in (".partial", ".partial.json")
    ]
    if options.bundle is not None:
        if options.bundle.resolve() in {path.resolve() for path in written}:
            raise ConfigError(
                f"--bundle {options.bundle}: is --out or a file beside it; name another"
            )
        written.append(options.bundle)
    for read, option in ((options.samples, "--samples"), (Path(options.benchmark), "--benchmark")):
        if any(_same_file(read, path) for path in written):
            raise ConfigError(
                f"{read}: is read as {option} and would be written over; choose another --out"
            )


def _same_file(a: Path, b: Path) -> bool:
    if a.exists() and b.exists():
        return a.samefile(b)
    return a.resolve() == b.resolve()


def compare(options: argparse.Namespace) -> int:
    """Hold two verdict files against each other."""
    first, second = (comparing.read_judged(path) for path in (options.a, options.b))
    print(f"A: {options.a}\nB: {options.b}")
    for line in comparing.lines(comparing.compare(first, second, options.k)):
        print(line)
    return 0


def verify(options: argparse.Namespace) -> int:
    """Judge a bundle again; 0 where every verdict came out as it says."""
    opener = partial(open_sandbox, options.sandbox)
    result = verifying.verify(options.bundle, opener, options.workers, options.sandbox, Counting())
    for line in verifying.lines(result):
        print(line)
    return 0 if result.identical else 1
