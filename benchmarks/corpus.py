"""A run over a corpus larger than its memory: `python benchmarks/corpus.py --megabytes 2000 --write`.

Makes a corpus in The Stack's layout (`benchmarks/sources.py`), puts it in the place of the standard
library in the quickstart's recipe, without a sample of it, and runs the program itself up to packed
tokens. Prints the seconds of each room and the largest memory of all its processes together.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from marked_page import write
from sources import make_elsewhere

from hornbook.stages import PeakMemory

ROOMS = ("sources", "quality", "synthesis", "decontaminate", "tokens")
PLACE = ("python = true", "sample_bytes = 25_000_000")
"""Lines of the quickstart's recipe that say what is read beside the judged distributions."""


def recipe(stack: Path) -> str:
    text = files("hornbook.recipes").joinpath("quickstart.toml").read_text(encoding="utf-8")
    for line in PLACE:
        if line not in text:
            raise SystemExit(f"the quickstart's recipe has no line `{line}` any more")
    lines = [line for line in text.splitlines() if not line.startswith(PLACE)]
    at = lines.index("[quality]")
    lines[at:at] = ["[[sources.stack]]", f"path = {json.dumps(str(stack))}", ""]
    return "\n".join(lines).replace('name = "quickstart"', 'name = "corpus"') + "\n"


def measured(home: Path, options: argparse.Namespace) -> tuple[dict[str, Any], float]:
    """(each room's manifest, MB of all processes at most)."""
    make_elsewhere(home / "stack" / "data" / "python", options.megabytes)
    (home / "corpus.toml").write_text(recipe(home / "stack"), encoding="utf-8")
    command = [sys.executable, "-m", "hornbook", "run", str(home / "corpus.toml")]
    command += ["--until", ROOMS[-1], "--runs", str(home / "runs")]
    with PeakMemory(every=0.1) as memory:
        subprocess.run([*command, "--workers", str(options.workers)], check=True)
    run = home / "runs" / "corpus"
    manifests = {room: json.loads((run / room / "manifest.json").read_text()) for room in ROOMS}
    return manifests, memory.peak_mb


def page(options: argparse.Namespace, manifests: dict[str, Any], peak: float) -> str:
    rows = []
    for room, manifest in manifests.items():
        counts = manifest["counts"].values()
        kept, read = sum(c["kept"] for c in counts), sum(c["rows_in"] for c in counts)
        rows.append(f"| `{room}` | {read:,} | {kept:,} | {manifest['seconds']:,.0f} |")
    table = "\n".join(rows)
    return f"""Command: `python benchmarks/corpus.py --megabytes {options.megabytes:g}` ({date.today().isoformat()}; {platform.machine()},
{os.cpu_count()} cores, Python {platform.python_version()}). `hornbook run --until tokens --workers {options.workers}` on one Parquet
file in The Stack's layout with {options.megabytes / 1000:g} GB of text and the judged distributions beside it; the rest
is the quickstart's recipe. All its processes together took {peak:,.0f} MB at most.

| room | rows read | rows kept | seconds |
|---|---:|---:|---:|
{table}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hornbook-corpus-") as home:
        manifests, peak = measured(Path(home), options)
    text = page(options, manifests, peak)
    print(text)
    if options.write:
        write("corpus", text)


if __name__ == "__main__":
    main()
