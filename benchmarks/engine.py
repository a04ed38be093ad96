"""What each executor costs beside doing the same in one process, and how fast known rows are found.

    python benchmarks/engine.py --benchmarks FOLDER --write

The stage is decontamination's scan: the standard library's files, as Parquet, against HumanEval
(FOLDER holds HumanEval.jsonl.gz). All executors do the same jobs in turns; medians of the rounds. The
result goes into `docs/engine.md`. Ray is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import random
import statistics
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from marked_page import write

from hornbook.benchmarks import benchmark_folder, entry, find, load
from hornbook.decontaminate import DecontaminateSettings, ProblemSet
from hornbook.decontaminate.stage import Scan
from hornbook.engine import Executor, InProcess, JobFailure, RowCache, Workers
from hornbook.engine.cluster import LOCAL
from hornbook.engine.ray import RayCluster
from hornbook.records import Document, content_id
from hornbook.stages import PeakMemory
from hornbook.storage import canonical_json, shards, write_shards

FILES_PER_JOB = 40
SETTLE = 3.0
"""Seconds until all workers have surely been set up."""


class Nothing:
    """A work that is done at once, so that all it takes is what an executor takes to begin."""

    version = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: Any) -> dict[str, Any]:
        return {}


def corpus(folder: Path, files: int) -> list[tuple[str, str, int]]:
    """Documents of the standard library as shards; returns the jobs."""

    def rows() -> Iterator[Document]:
        paths = sorted(Path(sysconfig.get_path("stdlib")).glob("[a-z]*/*.py"))[:files]
        for path in paths:
            text = path.read_text(errors="replace")
            yield Document(content_id(text), text, "python", "stdlib", "", path.name)

    write_shards(folder, Document, rows(), FILES_PER_JOB)
    return [(str(path), "code", 0) for path in shards(folder)]


def one_round(executor: Executor, work: Scan, jobs: Sequence[Any]) -> tuple[float, float, float]:
    """(seconds until a first result, seconds of the stage in workers that stand, peak MB)."""
    started = time.perf_counter()
    list(executor.map(Nothing(), [1]))
    begun = time.perf_counter() - started
    with PeakMemory(0.05) as memory:
        path, kind, _ = jobs[0]
        list(executor.map(work, [(path, kind, 10**9)] * 4))  # no row: set up, and no more
        time.sleep(0 if isinstance(executor, InProcess) else SETTLE)
        started = time.perf_counter()
        found = [outcome for _, outcome in executor.map(work, jobs)]
        seconds = time.perf_counter() - started
    if any(isinstance(outcome, JobFailure) for outcome in found):
        raise SystemExit("a job failed; its time would mislead")
    if isinstance(executor, Workers | RayCluster):
        executor.close()
    return begun, seconds, memory.peak_mb


def executors(workers: int) -> dict[str, Callable[[], Executor]]:
    known: dict[str, Callable[[], Executor]] = {
        "in-process": InProcess,
        "workers, 1": lambda: Workers(1),
        f"workers, {workers}": lambda: Workers(workers),
    }
    if importlib.util.find_spec("ray") is not None:
        known["ray, 1 core"] = lambda: RayCluster(LOCAL, 1)
        known[f"ray, {workers} cores"] = lambda: RayCluster(LOCAL, workers)
    return known


def same_bytes(made: Sequence[Callable[[], Executor]], work: Scan, jobs: Sequence[Any]) -> bool:
    found = {canonical_json(sorted(make().map(work, jobs))) for make in made}
    return len(found) == 1


def cache_lines(folder: Path, rows: int) -> str:
    """Fill a cache and look random rows up in it."""
    cache = RowCache.of(folder, Nothing(), "benchmark")
    rng = random.Random(1)
    started = time.perf_counter()
    for first in range(0, rows, 4_000):
        cache.put({content_id(str(n)): [n / 7, n / 3, n % 9] for n in range(first, first + 4_000)})
    filled = time.perf_counter() - started
    lookups = []
    for _ in range(9):
        asked = [content_id(str(rng.randrange(rows))) for _ in range(2_000)]
        started = time.perf_counter()
        if len(cache.get(asked)) != len(set(asked)):
            raise SystemExit("the cache lost rows")
        lookups.append(time.perf_counter() - started)
    size = sum(path.stat().st_size for path in cache.path.parent.iterdir()) / 1e6
    cache.close()
    return (
        f"A cache of {rows:,} rows of three numbers took {filled:.1f} s to fill and {size:,.0f} MB;"
        f" 2,000 random\nrows of it are found in {statistics.median(lookups) * 1e3:.0f} ms (median"
        " of 9)."
    )


def measure(folder: Path, data: Path, options: argparse.Namespace) -> str:
    known = load(entry("humaneval"), data)
    work = Scan(DecontaminateSettings(), (ProblemSet("humaneval", tuple(known)),))
    jobs = corpus(folder / "documents", options.files)
    made = executors(options.workers)
    alike = same_bytes(list(made.values()), work, jobs)
    rounds: dict[str, list[tuple[float, float, float]]] = {name: [] for name in made}
    load_before = os.getloadavg()[0]
    for _ in range(options.rounds):
        for name, make in made.items():
            rounds[name].append(one_round(make(), work, jobs))
    plain = statistics.median(seconds for _, seconds, _ in rounds["in-process"])
    lines = []
    for name, each in rounds.items():
        begun, seconds, memory = (statistics.median(column) for column in zip(*each, strict=True))
        lines.append(
            f"| {name} | {begun:.2f} | {seconds:.2f} | {seconds / plain:.2f} | {memory:,.0f} |"
        )
    table = "\n".join(lines)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"""
Command: `python benchmarks/engine.py --rounds {options.rounds} --workers {options.workers}` ({date.today().isoformat()};
{machine}; load before {load_before:.1f}). {len(jobs)} jobs of at most {FILES_PER_JOB}
files of the standard library against HumanEval; results {"equal to the byte" if alike else "DIFFERENT"}. Start-up is the
time to a first result; for Ray it includes a cluster of its own. The stage is timed in workers that
are set up. Memory is all processes together, Ray's own included.

| executor | start-up s | stage s | ratio | peak MB |
|---|---:|---:|---:|---:|
{table}

{cache_lines(folder, options.rows)}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--benchmarks", type=Path, help="folder of benchmark files")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=400, help="documents at most")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows in the cache")
    parser.add_argument("--write", action="store_true", help="put the result into the page")
    options = parser.parse_args()
    data = find(entry("humaneval"), options.benchmarks or benchmark_folder())
    if data is None:
        sys.exit("HumanEval.jsonl.gz is not at hand: name its folder with --benchmarks")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        text = measure(folder, data, options)
    print(text)
    if options.write:
        write("engine", text, page="engine.md")


if __name__ == "__main__":
    main()
