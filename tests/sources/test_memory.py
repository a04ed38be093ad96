"""Facts about memory: what a run needs follows from the settings, not from the corpus."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, resource, sys
from pathlib import Path
from hornbook.sources import SourcesSettings, TextFile, run
from hornbook.stages import StageContext

path, out = Path(sys.argv[1]), Path(sys.argv[2])
settings = SourcesSettings(files=(TextFile(path=str(path)),), piece_bytes=500_000)
out.mkdir()
counts = run(StageContext(out, {}, seed=1, cache=out), settings).counts["documents"]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(json.dumps([counts.kept, peak]))
"""


def measured(tmp_path: Path, documents: int) -> tuple[int, float]:
    """Documents kept and the largest memory in MB, for a corpus of so many documents of 2.5 kB."""
    rng = random.Random(1)
    path = tmp_path / f"{documents}.jsonl"
    with path.open("w") as handle:
        for _ in range(documents):
            text = "".join(
                f"{rng.getrandbits(60):015x} = {rng.getrandbits(60)}\n" for _ in range(70)
            )
            handle.write(json.dumps({"text": text}) + "\n")
    command = [sys.executable, "-c", PROGRAM, str(path), str(tmp_path / f"out{documents}")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    kept, peak = json.loads(done.stdout)
    return kept, peak


def test_seven_times_the_corpus_takes_little_more_memory(tmp_path: Path) -> None:
    """60 MB more of text cost less than that, though a text in memory would cost twice its size."""
    few, small = measured(tmp_path, 4_000)
    many, large = measured(tmp_path, 28_000)
    assert (few, many) == (4_000, 28_000)
    assert large - small < 45
