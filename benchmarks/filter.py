"""The filter from end to end (read, hash, score, write), side by side, on the same files.

    hornbook run quickstart --until quality --runs runs
    python benchmarks/filter.py --run runs/quickstart --megabytes 25 --rounds 3 --write

Each side reads the same Parquet files, gives every document its content's hash and MinHash signature,
scores it with the run's filter and writes what the line keeps, in a fresh process on one core; the
clock runs inside the process, without its imports. The peer is a datatrove pipeline that computes the
same vectors and signatures: document by document, as its filters do by default, and with batches and
the fastest settings it documents. The last row is the paper's way: hidden states of a model of
CodeGen-350M's shape, random weights, on less text.
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
from datetime import date
from pathlib import Path
from typing import Any

from duplicates import PEER, corpus, peer_python, write_inputs
from marked_page import write

ROOT = Path(__file__).resolve().parent.parent
MORE = ("scipy==1.17.1", "safetensors==0.8.0", "rensa==0.5.0")
"""What our vectors need inside the peer's environment."""
SIDES = {
    "ours": "Hornbook",
    "score": "Hornbook, scores alone",
    "batches": "datatrove, batches of 256 and its fastest hashing",
    "defaults": "datatrove, its defaults",
}

OUR_SCRIPT = """
import hashlib, json, resource, sys, time
from pathlib import Path
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hornbook.quality.filter import Filter
from hornbook.similarity.minhash import signatures

side, inputs, out, kept_filter, line = sys.argv[1:]
out = Path(out)
out.mkdir()
made = Filter.load(Path(kept_filter))
made.scores(["x = 1"])
signatures(["x = 1"])
seconds, size, kept = {"read": 0.0, "hash": 0.0, "score": 0.0, "write": 0.0}, 0, 0

class timed:
    def __init__(self, part): self.part = part
    def __enter__(self): self.started = time.perf_counter()
    def __exit__(self, *_): seconds[self.part] += time.perf_counter() - self.started

started = time.perf_counter()
for path in sorted(Path(inputs).glob("*.parquet")):
    with pq.ParquetFile(path) as file:
        for number, batch in enumerate(file.iter_batches(batch_size=500)):
            with timed("read"):
                texts = batch.column("text").to_pylist()
                size += sum(len(text) for text in texts)
            if side == "ours":
                with timed("hash"):
                    ids = [hashlib.sha256(text.encode()).digest() for text in texts]
                    signed = signatures(texts)
            with timed("score"):
                scores = np.array([row[0] for row in made.documents(texts)])
            with timed("write"):
                chosen = np.flatnonzero(scores >= float(line))
                kept += len(chosen)
                table = pa.table({
                    "id": batch.column("id"), "score": scores, "text": batch.column("text"),
                }).take(chosen)
                pq.write_table(table, out / f"{path.stem}-{number:05d}.parquet", compression="zstd")
                if side == "ours":
                    np.save(out / f"{path.stem}-{number:05d}.npy", signed)
print(json.dumps({
    "seconds": time.perf_counter() - started, "parts": seconds, "kept": kept,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
}))
"""

PEER_SCRIPT = """
import json, resource, sys, time
from pathlib import Path
from loguru import logger
logger.remove()
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import TextNormConfig
from datatrove.utils.word_tokenizers import WhitespaceTokenizer
from hornbook.quality.filter import Filter

side, inputs, out, kept_filter, line = sys.argv[1:]
made = Filter.load(Path(kept_filter))
made.scores(["x = 1"])

class Scored(BaseFilter):
    name = "scored"
    def filter(self, doc):
        return self.filter_batch([doc])[0]
    def filter_batch(self, batch):
        keep = []
        for doc, (mean, *_) in zip(batch, made.documents([doc.text for doc in batch])):
            doc.metadata["score"] = mean
            keep.append(mean >= float(line))
        return keep

def main():
    files = sorted(Path(inputs).glob("*.parquet"))
    if side == "defaults":
        config, language, size = MinhashConfig(), {}, 1
    else:
        config = MinhashConfig(
            hash_config=HashConfig(precision=32),
            norm_config=TextNormConfig(norm_unicode_diacritics=False, norm_numbers=False),
        )
        language, size = {"language": WhitespaceTokenizer()}, 256
    read = lambda: ParquetReader(inputs, glob_pattern="*.parquet")
    parts, started = {}, time.perf_counter()
    for name, pipeline in (
        ("hash", [read(), MinhashDedupSignature(f"{out}/signatures", config=config, **language)]),
        ("read, score, write", [read(), Scored(batch_size=size), ParquetWriter(f"{out}/kept")]),
    ):
        before = time.perf_counter()
        LocalPipelineExecutor(pipeline=pipeline, tasks=len(files), workers=1,
                              logging_dir=f"{out}/logs/{name}").run()
        parts[name] = time.perf_counter() - before
    import pyarrow.parquet as pq
    kept = sum(pq.read_metadata(p).num_rows for p in Path(out, "kept").rglob("*.parquet"))
    print(json.dumps({
        "seconds": time.perf_counter() - started, "parts": parts, "kept": kept,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }))

if __name__ == "__main__":
    main()
"""


def run_side(side: str, peer: Path, inputs: Path, run: Path) -> dict[str, Any]:
    """One pass of one side in a process of its own, on the last core there is."""
    ours = side in ("ours", "score")
    python, script = (sys.executable, OUR_SCRIPT) if ours else (str(peer), PEER_SCRIPT)
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
    line = json.loads((run / "quality" / "manifest.json").read_text())["facts"]["threshold"]
    with tempfile.TemporaryDirectory() as scratch:
        program = Path(scratch) / "side.py"
        program.write_text(script)
        arguments = [
            side,
            str(inputs),
            f"{scratch}/out",
            str(run / "quality" / "filter.safetensors"),
        ]
        done = subprocess.run(
            [python, str(program), *arguments, str(line)],
            check=True, capture_output=True, text=True,
            env=os.environ | single | {"PYTHONPATH": str(ROOT / "src")},
            preexec_fn=lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))}),
        )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure(options: argparse.Namespace, peer: Path) -> dict[str, Any]:
    texts = corpus(options.folders, options.megabytes)
    size = sum(len(text.encode()) for text in texts) / 1e6
    sides: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory() as scratch:
        inputs = write_inputs(Path(scratch) / "inputs", texts)
        for _ in range(options.rounds):
            for side, seen in sides.items():
                seen.append(run_side(side, peer, inputs, options.run.resolve()))
                print(side, f"{size / seen[-1]['seconds']:.2f} MB/s", seen[-1]["parts"], flush=True)
    return {"megabytes": size, "documents": len(texts), "load": os.getloadavg()[0], "sides": sides}


def page(options: argparse.Namespace, result: dict[str, Any]) -> str:
    size, rows = result["megabytes"], []
    pace = {
        side: size / statistics.median(one["seconds"] for one in seen)
        for side, seen in result["sides"].items()
    }
    for side, seen in result["sides"].items():
        middle = sorted(seen, key=lambda one: one["seconds"])[len(seen) // 2]
        parts = ", ".join(f"{name} {value:.1f}" for name, value in middle["parts"].items() if value)
        memory = max(one["megabytes"] for one in seen)
        rows.append(
            f"| {SIDES[side]} | {pace[side]:.2f} | {pace[side] / pace['batches']:.1f} | {memory:,.0f}"
            f" | {parts} |"
        )
    if result.get("codegen"):
        slow = result["codegen"]
        rows.append(
            f"| hidden states, CodeGen-350M's shape, random weights | {slow:.4f} |"
            f" {slow / pace['batches']:.4f} | | embedding alone |"
        )
    kept = {one["kept"] for seen in result["sides"].values() for one in seen}
    command = f"python benchmarks/filter.py --run RUN --megabytes {options.megabytes:g} --rounds {options.rounds}"
    table = "\n".join(rows)
    return f"""Command: `{command}` ({date.today()};
{platform.machine()}, one core of {os.cpu_count()}, Python {platform.python_version()}; load before {result["load"]:.1f}).
{result["documents"]:,} Python files, {size:.1f} MB; every side keeps {" or ".join(f"{n:,}" for n in sorted(kept))} of
them. Medians; the ratio is to the faster of the peer's rows.

| side | MB a second | ratio | peak MB | seconds in each part |
|---|---:|---:|---:|---|
{table}
"""


def codegen_pace() -> float | None:
    """Megabytes a second of the paper's way, on a few texts."""
    try:
        from codegen import pace
    except ImportError:
        return None
    return float(pace())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="a run whose filter scores")
    parser.add_argument("--folders", type=Path, nargs="*", default=[Path(sys.prefix)])
    parser.add_argument("--megabytes", type=float, default=25)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", type=Path, help="virtual environment of the peer")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        peer = peer_python(options.peer or Path(scratch))
        command = [str(peer), "-m", "pip", "install", "--quiet", *PEER, *MORE]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        result = measure(options, peer)
    result["codegen"] = codegen_pace()
    text = page(options, result)
    print(text)
    if options.write:
        write("filter", text)


if __name__ == "__main__":
    main()
