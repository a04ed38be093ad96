"""`hornbook evaluate matrix|explain`: why a score is what it is."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from hornbook.benchmarks import problems_named
from hornbook.cli.evaluate import limits_of
from hornbook.errors import ConfigError, SourceError
from hornbook.evaluate import causes
from hornbook.evaluate.explain import Explained, cause_table
from hornbook.evaluate.matrix import Matrix, score_matrix
from hornbook.evaluate.samples import SampleFile, shown
from hornbook.evaluate.self_check import judge_with
from hornbook.records import Completion
from hornbook.sandbox import open_sandbox
from hornbook.storage import write_json, write_json_lines

SHOWN = 5
"""Samples that are named for each cause."""


def matrix(options: argparse.Namespace) -> int:
    """Judge raw texts under every harness's rule; prints a table and every text that differs."""
    problems = problems_named(options.benchmark)
    _apart(options.out, options.samples)
    file = SampleFile.at(options.samples, {problem.task_id: problem for problem in problems})
    file.index()
    opener = partial(open_sandbox, options.sandbox)
    sandbox = opener()
    tier = sandbox.tier
    sandbox.close()
    judge = judge_with(opener, limits_of(options), options.workers)
    found = score_matrix(problems, _raw(file, problems[0].benchmark), judge)
    print(f"{problems[0].benchmark}: tier {tier}")
    print(_stamped(found, tier), end="")
    if options.out is not None:
        write_json(options.out, {"tier": tier, **found.as_json()})
        print(f"{options.out}: written")
    return 0


def _raw(file: SampleFile, benchmark: str) -> list[Completion]:
    texts = []
    for sample in file:
        if sample.field != "completion":
            raise SourceError(
                f"{file.name}:{sample.line}: a whole program; a rule needs the raw completion"
            )
        texts.append(sample.completion(benchmark))
    return texts


def _stamped(found: Matrix, tier: str) -> str:
    """UNSANDBOXED stands on every line with a score."""
    lines = found.as_text().removesuffix("\n").split("\n")
    if tier == "UNSANDBOXED":
        scored = range(1, 1 + len(found.scores))
        lines = [f"{line} UNSANDBOXED" if n in scored else line for n, line in enumerate(lines)]
    return "".join(f"{line}\n" for line in lines)


def explain(options: argparse.Namespace) -> int:
    """Print how many samples have which cause, and some of each."""
    problems = {problem.task_id: problem for problem in problems_named(options.benchmark)}
    _apart(options.out, options.samples, options.verdicts)
    stop = causes.stops_of(options.verdicts)
    file = SampleFile.at(options.samples, problems, stop)
    rows = list(causes.causes(options.verdicts, file, problems))
    print(cause_table(rows), end="")
    for cause in dict.fromkeys(row.cause for row in rows if row.cause != "passed"):
        print(_some(cause, [row for row in rows if row.cause == cause]))
    if options.out is not None:
        write_json_lines(options.out, rows)
        print(f"{options.out}: written")
    return 0


def _some(cause: str, rows: list[Explained]) -> str:
    lines = [f"{cause}:"]
    lines += [
        f"  {shown(row.task_id)[1:-1]} sample {row.sample}: {shown(row.reason)[1:-1]}"
        for row in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        lines.append(f"  and {len(rows) - SHOWN:,} more")
    return "\n".join(lines)


def _apart(out: Path | None, *read: Path) -> None:
    if out is not None and out.resolve() in {path.resolve() for path in read}:
        raise ConfigError(f"--out {out}: is read as well and would be written over; name another")
