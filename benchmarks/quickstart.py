"""Time the main job as its user meets it: a first run, a second run, and the answer to --help.

    make benchmarks                                  the whole quickstart, from nothing
    python benchmarks/quickstart.py --scale 0.05     the same, smaller

Each run is a fresh process in a fresh folder with downloads already in the cache. Memory is the
largest sum of all processes' resident memory, looked at twice a second. The result goes into
`docs/benchmarks.md`, between its marks, with date and machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from marked_page import write

from hornbook.stages import PeakMemory


def timed(*arguments: str) -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "hornbook", *arguments], check=True, capture_output=True)
    return time.monotonic() - started


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def stage_table(run: Path) -> str:
    summary = json.loads((run / "report" / "summary.json").read_text())
    rows = [
        f"| {row['stage']} | {row['seconds']:.1f} | {row['peak_memory_mb']:,.0f} |"
        for row in summary["stages"]
    ]
    return "\n".join(["| stage | seconds | memory, MB |", "|---|---:|---:|", *rows])


def learning_table(run: Path) -> str:
    summary = json.loads((run / "report" / "summary.json").read_text())
    rows = [
        f"| {row['arm']}/{row['phase']} | {row['tokens']:,} | {row['tokens'] / row['seconds']:,.0f} |"
        for row in summary["training"]
    ]
    head = ["| phase | tokens | tokens a second, start and end included |", "|---|---:|---:|"]
    return "\n".join([*head, *rows])


def measure(scale: float, kept: Path | None) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        folder = str(kept or Path(scratch) / "runs")
        options = ("quickstart", "--runs", folder, "--scale", str(scale), "--workers", "2")
        timed("sources", *options)  # downloads, if the cache lacks any
        shutil.rmtree(folder)
        load = os.getloadavg()[0]
        with PeakMemory() as memory:
            first = timed("run", *options)
        again = statistics.median(timed("run", *options) for _ in range(3))
        helps = statistics.median(timed("--help") for _ in range(9))
        run = next(path.parent for path in Path(folder).glob("*/recipe.json"))
        tables = f"{stage_table(run)}\n\n{learning_table(run)}"
    return f"""
Command: `python benchmarks/quickstart.py --scale {scale:g}` ({date.today().isoformat()}; {processor()},
{os.cpu_count()} cores, Python {platform.python_version()}; load before the run {load:.1f}).

| what | measured |
|---|---:|
| `hornbook run quickstart --scale {scale:g}`, downloads in the cache | {first:.0f} s |
| its processes together, at most | {memory.peak_mb:,.0f} MB |
| the same command again ("nothing to do"), median of 3 | {again:.2f} s |
| `hornbook --help`, median of 9 | {helps:.3f} s |

{tables}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--keep", type=Path, help="a new folder in which the run is kept")
    options = parser.parse_args()
    if options.keep is not None and options.keep.exists():
        parser.error(f"{options.keep} exists; name a new folder")
    text = measure(options.scale, options.keep)
    print(text)
    if options.scale == 1:
        write("quickstart", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
