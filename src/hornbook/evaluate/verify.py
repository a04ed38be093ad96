"""Judging a bundle again: does what it claims come out once more?

A bundle may come from anyone. It chooses neither the sandbox nor longer limits than stand here, its
tests get a fresh judge each time, and its texts reach a terminal only quoted.
"""

from __future__ import annotations

import math
import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Any

from hornbook.errors import SourceError
from hornbook.evaluate.bundle import SAMPLES, VERDICTS, Bundle, opened
from hornbook.evaluate.rows import ruling_of
from hornbook.evaluate.sample_run import SampleRun, evaluate_samples
from hornbook.evaluate.samples import Sample, SampleFile, shown
from hornbook.evaluate.summary import Tally, figures
from hornbook.evaluate.verdict_store import benchmark_digest
from hornbook.json_lines import json_rows
from hornbook.progress import Progress
from hornbook.sandbox import Limits, Sandbox

MOST = Limits(cpu_seconds=120.0, wall_seconds=480.0, memory_mb=4096, output_bytes=1 << 20)
"""What a bundle may ask for at most. The sandbox's own patience with slow problems ends there too."""
SHOWN = 20
_K = 10_000


@dataclass(frozen=True)
class Difference:
    """A sample whose verdict came out otherwise."""

    task_id: str
    sample: int
    claimed: str
    found: str


@dataclass(frozen=True)
class Verification:
    """What a second judging found."""

    samples: int
    differing: int
    differences: tuple[Difference, ...]
    """The first `SHOWN` of them."""
    faults: tuple[str, ...]
    """What in the bundle doesn't follow from its own verdicts."""
    notes: tuple[str, ...]
    tier: str

    @property
    def identical(self) -> bool:
        return not self.differing and not self.faults


def verify(
    path: Path,
    open_one: Callable[[], Sandbox],
    workers: int,
    protection: str,
    progress: Progress,
) -> Verification:
    """Check every hash, judge every sample, hold the verdicts side by side.

    Raises `SourceError` for what is no bundle of ours, or a damaged or hostile one.
    """
    with opened(path) as bundle, tempfile.TemporaryDirectory(prefix="hornbook-verify-") as folder:
        problems = bundle.problems()
        asked, had = (_object(bundle, name) for name in ("asked", "had"))
        name = str(asked.get("benchmark"))[:80]
        run = SampleRun(
            benchmark=name,
            problems=problems,
            samples=SampleFile(
                f"{path}/{SAMPLES}",
                lambda: bundle.open(SAMPLES),
                {problem.task_id: problem for problem in problems},
            ),
            out=Path(folder) / VERDICTS,
            limits=limits_of(bundle, asked),
            protection=protection,
            ks=_ks(bundle),
            workers=workers,
            partial=True,
        )
        if asked.get("problems") != benchmark_digest(problems):
            raise SourceError(f"{path}: its problems are not those that its manifest names")
        claimed = _claims(bundle, run)
        summary, _ = evaluate_samples(run, open_one, progress)
        differing, first = _held_together(bundle, run)
        return Verification(
            samples=int(summary["asked"]["samples"]),
            differing=differing,
            differences=first,
            faults=_faults(bundle, claimed, summary),
            notes=_notes(had, summary),
            tier=str(summary["had"]["tier"]),
        )


def limits_of(bundle: Bundle, asked: Mapping[str, Any]) -> Limits:
    """The bundle's limits. Raises `SourceError` unless each is a number within `MOST`."""
    given = asked.get("limits")
    names = [field.name for field in fields(Limits)]
    if not isinstance(given, dict) or sorted(given) != sorted(names):
        raise SourceError(f"{bundle.path}: no limits in its manifest")
    for name in names:
        most, value = getattr(MOST, name), given[name]
        if type(value) not in (int, type(most)) or not 0 < value <= most:
            raise SourceError(
                f"{bundle.path}: limit {name} is not within 0 and {most:g}; not judged"
            )
    return Limits(**given)


def _object(bundle: Bundle, name: str) -> Mapping[str, Any]:
    value = bundle.manifest.get(name)
    if not isinstance(value, dict):
        raise SourceError(f"{bundle.path}: no `{name}` in its manifest")
    return value


def _ks(bundle: Bundle) -> tuple[int, ...]:
    rows = bundle.summary.get("scores")
    rows = rows if isinstance(rows, list) else [None]
    ks = [row.get("k") if isinstance(row, dict) else None for row in rows]
    if not all(type(k) is int and 1 <= k <= _K for k in ks) or len(ks) > 100:
        raise SourceError(f"{bundle.path}: its summary's scores are not ones of this version")
    return tuple(k for k in ks if k)


def _claimed_rows(bundle: Bundle, run: SampleRun) -> Iterator[tuple[Sample, Any]]:
    """Every sample with the ruling that the bundle claims for it."""
    name = f"{bundle.path}/{VERDICTS}"
    rows = json_rows(name, lambda: bundle.open(VERDICTS))
    for sample, numbered in zip_longest(run.samples, rows):
        ruling = ruling_of(numbered[1], sample) if sample and numbered else None
        if sample is None or ruling is None:
            line = numbered[0] if numbered else "end"
            raise SourceError(f"{name}:{line}: not the verdict on the sample of this line")
        yield sample, ruling


def _claims(bundle: Bundle, run: SampleRun) -> dict[str, Any]:
    """The scores that follow from the bundle's own verdicts."""
    tally = Tally()
    for sample, ruling in _claimed_rows(bundle, run):
        if sample.task_id not in run.by_task:
            raise SourceError(f"{bundle.path}: a sample of no problem, {shown(sample.task_id)}")
        tally.add(sample.task_id, ruling)
    return figures(tally, run.problems, run.ks)


def _held_together(bundle: Bundle, run: SampleRun) -> tuple[int, tuple[Difference, ...]]:
    count = 0
    first: list[Difference] = []
    found = json_rows(str(run.out), lambda: run.out.open("rb"))
    for (sample, claimed), (_, row) in zip(_claimed_rows(bundle, run), found, strict=True):
        if (claimed.verdict, claimed.kind) == (row["verdict"], row["kind"]):
            continue
        count += 1
        if len(first) < SHOWN:
            here = _words(row["verdict"], row["kind"])
            there = _words(claimed.verdict, claimed.kind)
            first.append(Difference(sample.task_id, sample.number, there, here))
    return count, tuple(first)


def _words(verdict: str, kind: str) -> str:
    return f"{verdict} ({kind})" if kind else verdict


def _faults(
    bundle: Bundle, claimed: Mapping[str, Any], summary: Mapping[str, Any]
) -> tuple[str, ...]:
    faults = []
    told = bundle.summary
    if told.get("verdicts") != claimed["verdicts"] or not _same(
        told.get("scores"), claimed["scores"]
    ):
        faults.append("its summary does not follow from its own verdicts")
    asked = bundle.manifest.get("asked")
    if (
        isinstance(asked, dict)
        and asked.get("samples_digest") != summary["asked"]["samples_digest"]
    ):
        faults.append("its samples are not those that its manifest names")
    return tuple(faults)


def _same(told: Any, claimed: list[dict[str, Any]]) -> bool:
    if not isinstance(told, list) or len(told) != len(claimed):
        return False
    for one, other in zip(told, claimed, strict=True):
        a, b = one.get("estimate"), other["estimate"]
        if b is None or a is None:
            if a is not b:
                return False
        elif type(a) not in (int, float) or not math.isclose(a, b, abs_tol=1e-9):
            return False
    return True


def _notes(had: Mapping[str, Any], summary: Mapping[str, Any]) -> tuple[str, ...]:
    here = summary["had"]
    names = {"tier": "tier", "python": "Python", "sandbox": "the sandbox's code"}
    found = [
        f"judged here with another {words}: {shown(str(had.get(name)))} there, {here[name]} here"
        for name, words in names.items()
        if had.get(name) != here[name]
    ]
    return (f"Python {platform.python_version()}, tier {here['tier']}", *found)


def lines(result: Verification) -> list[str]:
    """What is printed."""
    stamp = " UNSANDBOXED" if result.tier == "UNSANDBOXED" else ""
    told = [*result.notes, *result.faults]
    told += [
        f"{shown(row.task_id)}, sample {row.sample}: {row.claimed} claimed, {row.found} found"
        for row in result.differences
    ]
    if result.differing > len(result.differences):
        told.append(f"and {result.differing - len(result.differences):,} more")
    if result.identical:
        return [*told, f"all {result.samples:,} verdicts came out again{stamp}"]
    return [*told, f"{result.differing:,} of {result.samples:,} verdicts differ{stamp}"]
