"""Judge very many samples, and show that memory does not grow and every verdict is right.

    python tools/endurance_checks.py --problems 1000 --samples 200 --out docs/endurance.md

The problems are a file in HumanEval's format written here; of the samples some are right, some wrong,
some are not Python, some end their own process, print without end or leave files behind. What is to
come out is known for each. Memory is that of `hornbook evaluate samples` and all of its processes,
where a page that several of them share is counted once: a check's process is a fork of its worker's,
and lives for milliseconds, so a sum of resident memory goes up and down by a third with the number
of them that happen to be alive.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psutil
from marked import fill

KINDS = (
    ("    return n + {add}\n", "passed"),
    ("    return n - {add} - 1\n", "failed"),
    ("    return n + {add}  # again\n", "passed"),
    ("    return n +\n", "failed"),
    ("    import os; os._exit(0)\n", "failed"),
    ("    print('x' * 9999)\n    open('left', 'w').write('y')\n    return n + {add}\n", "passed"),
    ("    return [[n]] * 999\n", "failed"),
    ("    raise ValueError('\\x1b[2J')\n", "failed"),
)


def problems(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield {
            "task_id": f"Endurance/{number}",
            "prompt": f'def shift(n):\n    """Add {number} to n."""\n',
            "entry_point": "shift",
            "canonical_solution": f"    return n + {number}\n",
            "test": f"def check(candidate):\n    assert candidate(1) == {number + 1}\n"
            f"    assert candidate(-5) == {number - 5}\n",
        }


def samples(count: int, each: int) -> Iterator[tuple[dict[str, str], str]]:
    """(sample, its right verdict); no two of a problem are the same text."""
    for number in range(count):
        for again in range(each):
            text, verdict = KINDS[again % len(KINDS)]
            body = f"    # {again}\n" + text.format(add=number)
            yield {"task_id": f"Endurance/{number}", "completion": body}, verdict


def write(folder: Path, count: int, each: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "problems.jsonl").open("w") as handle:
        handle.writelines(json.dumps(row) + "\n" for row in problems(count))
    with (folder / "samples.jsonl").open("w") as handle:
        handle.writelines(json.dumps(row) + "\n" for row, _ in samples(count, each))


def megabytes(process: psutil.Process) -> float:
    """MB of one process, each page divided by the number of processes that map it.

    The sandbox hides the map of its processes' memory from everyone but root; of those all
    pages are counted that no file backs, which a leak's are.
    """
    try:
        return float(process.memory_full_info().pss) / 1e6
    except psutil.AccessDenied:
        pages = process.memory_info()
        return float(pages.rss - pages.shared) / 1e6


def in_all(process: psutil.Process) -> float:
    """MB of a process and all below it."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += megabytes(each)
    return total


def judge(folder: Path, workers: int) -> tuple[float, list[float]]:
    """(seconds, memory four times a second)."""
    command = [sys.executable, "-m", "hornbook", "evaluate", "samples", "--no-cache", "--force"]
    command += ["--benchmark", str(folder / "problems.jsonl")]
    command += ["--samples", str(folder / "samples.jsonl"), "--out", str(folder / "verdicts.jsonl")]
    started, memory = time.monotonic(), []
    with (folder / "log").open("w") as log:
        process = psutil.Popen([*command, "--workers", str(workers)], stdout=log, stderr=log)
        while process.poll() is None:
            memory.append(in_all(process))
            time.sleep(0.25)
    if process.returncode != 0:
        raise SystemExit((folder / "log").read_text()[-4000:])
    return time.monotonic() - started, memory


def growth(memory: list[float]) -> tuple[float, float]:
    """Typical MB of the run's first part and of its last quarter.

    The beginning is left out: processes start, and samples are counted. Medians, for what is sought
    is what stays; how many checks are alive at a moment is chance.
    """
    count = len(memory)
    early, late = memory[count // 10 : count // 4], memory[-(count // 4) :]
    if not early or not late:
        raise SystemExit(f"{count} readings of memory are too few: judge more samples")
    return statistics.median(early), statistics.median(late)


def wrong(folder: Path, count: int, each: int) -> Counter[str]:
    """Verdicts that are not what they have to be."""
    found: Counter[str] = Counter()
    with (folder / "verdicts.jsonl").open() as handle:
        for line, (sample, right) in zip(handle, samples(count, each), strict=True):
            row = json.loads(line)
            if (row["task_id"], row["verdict"]) != (sample["task_id"], right):
                found[f"{row['verdict']} instead of {right}"] += 1
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path(".ci-runs/checks"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    write(options.folder, options.problems, options.samples)
    seconds, memory = judge(options.folder, options.workers)
    mistakes = wrong(options.folder, options.problems, options.samples)
    early, late = growth(memory)
    grown = late / early - 1
    checks = options.problems * options.samples
    said = ", ".join(f"{n} {what}" for what, n in mistakes.items()) or "none"
    text = f"""
Command: `python tools/endurance_checks.py --problems {options.problems} --samples {options.samples}`
({date.today().isoformat()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}).

| check | result |
|---|---|
| samples judged by `hornbook evaluate samples`, {options.workers} workers, no cache | {checks:,} |
| verdicts that are not the right one | {said} |
| memory of all processes, shared pages once, median: first part, last part | {early:.0f} MB, {late:.0f} MB ({grown:+.1%}) |
| the same, at most | {max(memory):.0f} MB |
| seconds, samples a second | {seconds:.0f}, {checks / seconds:.0f} |
"""
    print(text)
    if options.out:
        fill(options.out, "checks", text)
    return 1 if mistakes or grown > 0.1 else 0


if __name__ == "__main__":
    sys.exit(main())
