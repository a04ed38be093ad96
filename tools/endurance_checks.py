"""Judge very many samples, and show that memory does not grow and every verdict is right.

    python tools/endurance_checks.py --problems 1000 --samples 200 --out docs/endurance.md

The problems are a file in HumanEval's format written here; of the samples some are right, some wrong,
some are not Python, some end their own process, print without end or leave files behind. What is to
come out is known for each. Memory is that of `hornbook evaluate samples` and all of its processes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
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


def resident(process: psutil.Process) -> float:
    """MB of a process and all below it."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


def judge(folder: Path, workers: int) -> tuple[float, list[float]]:
    """(seconds, memory once a second)."""
    command = [sys.executable, "-m", "hornbook", "evaluate", "samples", "--no-cache", "--force"]
    command += ["--benchmark", str(folder / "problems.jsonl")]
    command += ["--samples", str(folder / "samples.jsonl"), "--out", str(folder / "verdicts.jsonl")]
    started, memory = time.monotonic(), []
    with (folder / "log").open("w") as log:
        process = psutil.Popen([*command, "--workers", str(workers)], stdout=log, stderr=log)
        while process.poll() is None:
            memory.append(resident(process))
            time.sleep(1)
    if process.returncode != 0:
        raise SystemExit((folder / "log").read_text()[-4000:])
    return time.monotonic() - started, memory


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
    # The beginning is left out: processes start, and samples are counted.
    early, late = (
        max(memory[len(memory) // 10 : len(memory) // 4]),
        max(memory[-len(memory) // 4 :]),
    )
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
| resident memory of all processes, at most: first part, last part | {early:.0f} MB, {late:.0f} MB ({grown:+.1%}) |
| seconds, samples a second | {seconds:.0f}, {checks / seconds:.0f} |
"""
    print(text)
    if options.out:
        fill(options.out, "checks", text)
    return 1 if mistakes or grown > 0.1 else 0


if __name__ == "__main__":
    sys.exit(main())
