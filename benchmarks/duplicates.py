"""Near duplicates, side by side with datatrove's MinHash pipeline, on the same files.

    python benchmarks/duplicates.py --megabytes 100 --rounds 3 --write

Both sides read the same Parquet files, find near duplicates and write what stays and what goes as
Parquet, in a fresh process on one core; a round lets each side run once, and the clock runs inside
the process, without its imports. The peer runs with its defaults and with the fastest settings it
documents, in a virtual environment of its own (--peer keeps it in a folder). How well each finds
is asked on files of the same corpus that are planted beside one variant each.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from marked_page import write

from hornbook.similarity.planted import KINDS, Planted, chosen, curve, plant, score, similarities

PEER = ("datatrove[processing]==0.10.1", "pyarrow==26.0.1", "orjson==3.13.0", "spacy==3.8.18")
ROWS_PER_FILE = 2000
THRESHOLD = 0.8
SIDES = {
    "ours": "Hornbook, with rensa",
    "numpy": "Hornbook, without rensa",
    "fastest": "datatrove, its fastest settings",
    "defaults": "datatrove, its defaults",
}
"""What runs in a process of its own: `python OUR_SCRIPT or PEER_SCRIPT side input output`."""

OUR_SCRIPT = """
import json, resource, sys, time
from pathlib import Path
if sys.argv[1] == "numpy":
    sys.modules["rensa"] = None
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hornbook.similarity.clusters import keepers
from hornbook.sources.duplicates import Sign

inputs, out = sorted(Path(sys.argv[2]).glob("*.parquet")), Path(sys.argv[3])
out.mkdir()
started = time.perf_counter()
for path in inputs:
    Sign()((str(path), None, str(out / f"{path.stem}.npy")))
signed = time.perf_counter()
signatures = np.concatenate([np.load(out / f"{path.stem}.npy") for path in inputs])
kept = keepers(signatures, np.arange(len(signatures)), float(sys.argv[4]))
clustered = time.perf_counter()
stays, start = kept == np.arange(len(kept)), 0
for path in inputs:
    table = pq.read_table(path)
    mask = stays[start:start + len(table)]
    pq.write_table(table.filter(pa.array(mask)), out / f"kept-{path.name}")
    pq.write_table(table.filter(pa.array(~mask)), out / f"removed-{path.name}")
    start += len(table)
ended = time.perf_counter()
print(json.dumps({
    "seconds": ended - started, "parts": [signed - started, clustered - signed, ended - clustered],
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "clusters": kept.tolist(),
}))
"""

PEER_SCRIPT = """
import json, resource, struct, sys, time
from pathlib import Path
from loguru import logger
logger.remove()
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter,
)
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import TextNormConfig
from datatrove.utils.word_tokenizers import WhitespaceTokenizer
import pyarrow.parquet as pq

def main():
    side, inputs, out = sys.argv[1], sys.argv[2], sys.argv[3]
    files = sorted(Path(inputs).glob("*.parquet"))
    if side == "defaults":
        config, language, buffered = MinhashConfig(), {}, 5
    else:
        config = MinhashConfig(
            hash_config=HashConfig(precision=32),
            norm_config=TextNormConfig(norm_unicode_diacritics=False, norm_numbers=False),
        )
        language, buffered = {"language": WhitespaceTokenizer()}, -1
    read = lambda: ParquetReader(inputs, glob_pattern="*.parquet")
    stages = [
        ([read(), MinhashDedupSignature(f"{out}/signatures", config=config, **language)], len(files)),
        ([MinhashDedupBuckets(f"{out}/signatures", f"{out}/buckets", config=config,
                              lines_to_buffer=buffered)], config.num_buckets),
        ([MinhashDedupCluster(f"{out}/buckets", f"{out}/remove", config=config,
                              save_cluster_id=True, lines_to_buffer=buffered)], 1),
        ([read(), MinhashDedupFilter(f"{out}/remove", ParquetWriter(f"{out}/removed"),
                                     lines_to_buffer=buffered), ParquetWriter(f"{out}/kept")], len(files)),
    ]
    parts, started = [], time.perf_counter()
    for number, (pipeline, tasks) in enumerate(stages):
        before = time.perf_counter()
        LocalPipelineExecutor(pipeline=pipeline, tasks=tasks, workers=1,
                              logging_dir=f"{out}/logs/{number}").run()
        parts.append(time.perf_counter() - before)
    seconds = time.perf_counter() - started
    sizes = [pq.read_metadata(path).num_rows for path in files]
    clusters = list(range(sum(sizes)))
    for number, path in enumerate(files):
        place = Path(out) / "remove" / f"{number:06d}.clusters"
        if place.exists():
            for row, cluster in struct.iter_unpack("<2I", place.read_bytes()):
                clusters[sum(sizes[:number]) + row] = -1 - cluster
    print(json.dumps({
        "seconds": seconds, "parts": parts, "clusters": clusters,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }))

if __name__ == "__main__":
    main()
"""


def peer_python(folder: Path) -> Path:
    """The interpreter of the peer's environment, made if it isn't there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", *PEER]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    return python


def run_side(side: str, peer: Path, inputs: Path, threshold: float = THRESHOLD) -> dict[str, Any]:
    """One whole pass of one side, on one core; the core is the last one there is."""
    ours = side in ("ours", "numpy")
    python, script = (sys.executable, OUR_SCRIPT) if ours else (str(peer), PEER_SCRIPT)
    single = dict.fromkeys(("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as scratch:
        program = Path(scratch) / "side.py"
        program.write_text(script)
        done = subprocess.run(
            [python, str(program), side, str(inputs), str(Path(scratch) / "out"), str(threshold)],
            check=True, capture_output=True, text=True, env=os.environ | single,
            preexec_fn=lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))}),
        )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def corpus(folders: Sequence[Path], megabytes: float) -> list[str]:
    """Python files of the folders, in an order that no name favours, up to a size."""
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    texts, size = [], 0
    for path in sorted(paths, key=lambda path: sha256(path.as_posix().encode()).digest()):
        data = path.read_bytes()
        if size >= megabytes * 1e6:
            break
        if 150 <= len(data) <= 400_000:
            texts.append(data.decode("utf-8", "replace"))
            size += len(data)
    return texts


def write_inputs(folder: Path, texts: Sequence[str]) -> Path:
    folder.mkdir()
    for start in range(0, len(texts), ROWS_PER_FILE):
        some = list(texts[start : start + ROWS_PER_FILE])
        names = [str(start + at) for at in range(len(some))]
        pq.write_table(pa.table({"text": some, "id": names}), folder / f"{start:09d}.parquet")
    return folder


def one_variant_each(texts: Sequence[str], files: int) -> tuple[list[str], list[Planted]]:
    """Originals and one variant of each, all kinds in turn: a second could lend a way round."""
    originals = chosen(texts, seed=1, files=files)
    kinds = list(KINDS)
    every = {(one.original, one.kind): one for one in plant(originals, seed=1)}
    return originals, [every[at, kinds[at % len(kinds)]] for at in range(len(originals))]


def word_jaccard(first: str, second: str) -> float:
    """The similarity the peer looks at: runs of five words, without case or marks."""
    one, other = (
        {tuple(words[at : at + 5]) for at in range(len(words) - 4)}
        for words in (re.findall(r"[^\W_]+", text.lower()) for text in (first, second))
    )
    return len(one & other) / max(len(one | other), 1)


def find_planted(
    peer: Path, texts: Sequence[str], files: int, sides: dict[str, tuple[str, float]]
) -> dict[str, Any]:
    """Recall and precision of each side. A variant counts as alike where it is so by our shingles
    and by the peer's, as wrongly found where it is so by neither, and else not at all."""
    originals, planted = one_variant_each(texts, files)
    ours = similarities(originals, planted)
    theirs = {one: word_jaccard(originals[one.original], one.text) for one in planted}
    agreed = {
        one: min(ours[one], theirs[one])
        for one in planted
        if (ours[one] >= THRESHOLD) == (theirs[one] >= THRESHOLD)
    }
    result = {}
    with tempfile.TemporaryDirectory() as scratch:
        every = [*originals, *(one.text for one in planted)]
        inputs = write_inputs(Path(scratch) / "planted", every)
        for name, (side, threshold) in sides.items():
            cluster = run_side(side, peer, inputs, threshold)["clusters"]
            found = {
                one: cluster[len(originals) + at] == cluster[one.original]
                for at, one in enumerate(planted)
            }
            answers = [(agreed[one], found[one]) for one in agreed]
            result[name] = {
                "score": score(answers, THRESHOLD),
                "curve": curve([(ours[one], found[one]) for one in planted], steps=10),
            }
    return result


def table(head: str, rows: Sequence[str]) -> str:
    columns = head.count("|") - 1
    return "\n".join([head, "|---|" + "---:|" * (columns - 1), *rows])


def measure(options: argparse.Namespace, peer: Path) -> dict[str, Any]:
    texts = corpus(options.folder, options.megabytes)
    size = sum(len(text.encode()) for text in texts) / 1e6
    seconds: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        inputs = write_inputs(Path(scratch) / "inputs", texts)
        for _ in range(options.rounds):
            for side, rounds in seconds.items():
                rounds.append(run_side(side, peer, inputs))
    sides = {
        f"{SIDES['ours']}, near_duplicates = 0.8": ("ours", 0.8),
        f"{SIDES['ours']}, near_duplicates = 0.72": ("ours", 0.72),
        SIDES["fastest"]: ("fastest", 0.0),
        SIDES["defaults"]: ("defaults", 0.0),
    }
    planted = find_planted(peer, texts, options.planted, sides)
    return {"files": len(texts), "mb": size, "load": load, "runs": seconds, "planted": planted}


def speeds(result: dict[str, Any]) -> str:
    middle = {
        side: statistics.median(run["seconds"] for run in runs)
        for side, runs in result["runs"].items()
    }
    rows = []
    for side, runs in result["runs"].items():
        times = sorted(run["seconds"] for run in runs)
        ratios = " | ".join(
            f"{middle[peer] / middle[side]:.1f}" for peer in ("fastest", "defaults")
        )
        kept = len(set(runs[0]["clusters"]))
        rows.append(
            f"| {SIDES[side]} | {middle[side]:.1f} ({times[0]:.1f} to {times[-1]:.1f}) |"
            f" {result['mb'] / middle[side]:.1f} | {ratios} |"
            f" {runs[0]['megabytes']:,.0f} | {kept:,} |"
        )
    head = "| side | seconds | MB a second | times the peer's fastest | times its defaults | memory, MB | files kept |"
    return table(head, rows)


def qualities(planted: dict[str, Any]) -> str:
    def shown(share: list[float] | None) -> str:
        return "-" if share is None else f"{share[0]:.3f} ({share[1]:.3f} to {share[2]:.3f})"

    rows = []
    for name, each in planted.items():
        found = each["score"]
        steps = {step["from"]: f"{step['found']} of {step['planted']}" for step in each["curve"]}
        columns = [steps.get(start, "-") for start in (0.5, 0.6, 0.7, 0.8, 0.9)]
        rows.append(
            f"| {name} | {shown(found['recall'])} | {shown(found['precision'])} | "
            + " | ".join(columns) + " |"
        )  # fmt: skip
    head = "| side | recall | precision | 0.5 to 0.6 | 0.6 to 0.7 | 0.7 to 0.8 | 0.8 to 0.9 | 0.9 to 1 |"
    return table(head, rows)


def page(options: argparse.Namespace, result: dict[str, Any]) -> str:
    parts = {
        side: " + ".join(
            f"{statistics.median(run['parts'][at] for run in runs):.1f}"
            for at in range(len(runs[0]["parts"]))
        )
        for side, runs in result["runs"].items()
    }
    score_ = next(iter(result["planted"].values()))["score"]
    return f"""
Command: `python benchmarks/duplicates.py --megabytes {options.megabytes:g} --rounds {options.rounds} --planted {options.planted}`
({date.today().isoformat()}; {platform.machine()}, one core of {os.cpu_count()}, Python {platform.python_version()}; load before
{result["load"]:.1f}). {result["files"]:,} Python files, {result["mb"]:.0f} MB, from Parquet to Parquet; the peer is `{PEER[0]}`;
medians of {options.rounds} rounds (least to most).

{speeds(result)}

By step, in seconds: ours (sign, cluster, write) {parts["ours"]}, without rensa {parts["numpy"]}; the peer's four
stages {parts["fastest"]} at its fastest (words split at white space, hashes of 32 bits, numbers and accents left
as they are, whole files read ahead) and {parts["defaults"]} at its defaults.

{options.planted} files of the same corpus with one variant each. {score_["planted"]} variants are at or above {THRESHOLD:g} by both sides'
shingles ({score_["alike"]}) or below it by both, and are what recall and precision are about; the columns to the right
show how many of all variants were found, by their true similarity.

{qualities(result["planted"])}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    library = sysconfig.get_paths()
    folders = [Path(library["stdlib"]), Path(library["purelib"])]
    parser.add_argument("--folder", type=Path, action="append", help="read its .py files instead")
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--planted", type=int, default=500, help="files to plant variants of")
    parser.add_argument("--peer", type=Path, help="the peer's virtual environment, made if need be")
    parser.add_argument("--json", type=Path, help="write all that was measured to this file")
    parser.add_argument("--write", action="store_true", help="put the result into the page")
    options = parser.parse_args()
    options.folder = options.folder or folders
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(options, peer_python(options.peer or Path(scratch) / "peer"))
    text = page(options, result)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(result))
    if options.write:
        write("duplicates", text)


if __name__ == "__main__":
    main()
