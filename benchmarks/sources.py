"""How fast a large corpus is read, and in how much memory: `python benchmarks/sources.py`.

Makes a corpus in The Stack's layout from the standard library, each copy of a file with other words
in it, and runs the room `sources` on it. Prints what was kept and dropped, megabytes of text a
second, and the largest memory of all processes together. `benchmarks/corpus.py` runs the rooms after
it as well.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.sources import SourcesSettings, StackSource, run
from hornbook.stages import PeakMemory, StageContext

WORDS = ("self", "return", "None", "def ", "if ", "for ", "in ", "import ", "the ", "is ", "= ")
ROW_GROUP = 1_000
SCHEMA = pa.schema(
    [
        ("max_stars_repo_name", pa.string()),
        ("max_stars_repo_path", pa.string()),
        ("max_stars_repo_head_hexsha", pa.string()),
        ("max_stars_repo_licenses", pa.list_(pa.string())),
        ("content", pa.string()),
    ]
)


def rows(megabytes: float) -> Iterator[dict[str, Any]]:
    """Files of the standard library, over and over; of ten copies one is a copy of the one before."""
    root = Path(sysconfig.get_paths()["stdlib"])
    paths = [path for path in sorted(root.rglob("*.py")) if "site-packages" not in path.parts]
    texts = [
        (path.relative_to(root).as_posix(), path.read_text("utf-8", "replace")) for path in paths
    ]
    left, copy = megabytes * 1e6, 0
    while True:
        changed = copy - (copy % 10 == 9)
        for path, text in texts:
            for word in WORDS if changed else ():
                text = text.replace(word, f"{word.strip()}{changed} ")
            yield {
                "max_stars_repo_name": f"owner/copy-{copy}",
                "max_stars_repo_path": path,
                "max_stars_repo_head_hexsha": f"{copy:040x}",
                "max_stars_repo_licenses": ["PSF-2.0" if copy % 4 else "GPL-3.0-only"],
                "content": text,
            }
            left -= len(text)
            if left <= 0:
                return
        copy += 1


def make_corpus(folder: Path, megabytes: float) -> None:
    """One Parquet file, however large: its row groups are what workers share."""
    folder.mkdir(parents=True)
    waiting: list[dict[str, Any]] = []
    with pq.ParquetWriter(folder / "data-00000-of-00001.parquet", SCHEMA) as writer:
        for row in rows(megabytes):
            waiting.append(row)
            if len(waiting) == ROW_GROUP:
                writer.write_table(pa.Table.from_pylist(waiting, SCHEMA), ROW_GROUP)
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_pylist(waiting, SCHEMA), ROW_GROUP)


def make_elsewhere(folder: Path, megabytes: float) -> None:
    """`make_corpus` in a process of its own, so that its memory is not counted."""
    maker = multiprocessing.get_context("spawn").Process(
        target=make_corpus, args=(folder, megabytes)
    )
    maker.start()
    maker.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=None, help="sample_bytes; else all is taken")
    parser.add_argument("--mask", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hornbook-sources-") as home:
        folder = Path(home) / "stack" / "data" / "python"
        make_elsewhere(folder, options.megabytes)
        settings = SourcesSettings(
            stack=(StackSource(path=str(Path(home) / "stack")),),
            sample_bytes=options.sample,
            mask=options.mask,
        )
        started = time.monotonic()
        with PeakMemory(every=0.1) as memory:
            place = Path(home) / "sources"
            place.mkdir()
            context = StageContext(place, {}, seed=1, workers=options.workers, cache=Path(home))
            result = run(context, settings)
        seconds = time.monotonic() - started
    counts = result.counts["documents"]
    found = {
        "python": platform.python_version(),
        "workers": options.workers,
        "megabytes": options.megabytes,
        "rows": counts.rows_in,
        "kept": counts.kept,
        "dropped": dict(counts.dropped),
        "seconds": round(seconds, 1),
        "megabytes_per_second": round(options.megabytes / seconds, 1),
        "peak_memory_mb": round(memory.peak_mb),
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
