"""Makes src/hornbook/embed/data: what tells the words of textbooks from those of code in general.

Reads the recorded textbooks and exercises, and general code from a run's `sources/documents`
(`hornbook run quickstart --until sources`) and from installed packages.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save
from telling_words import Cut, counts_of, having, log_odds, space, telling, texts_with

from hornbook.embed.lexer import Lexed
from hornbook.embed.likeness import code_words, prose_words, unit, weighted
from hornbook.quality.chunks import chunks
from hornbook.records import Document
from hornbook.storage import read_rows, write_bytes
from hornbook.teacher import recorded_exercises, recorded_textbooks

DATA = Path(__file__).parent.parent / "src" / "hornbook" / "embed" / "data"
DIMENSIONS = 64
LEAST_TEXTS, MOST_SHARE = 4, 0.6
"""A word counts that stands in so many texts at least, and in no more than that share of them."""
TELLING, TELLING_TEXTS = 300, 20
CLIP = 4.0
PER_PACKAGE = 1_200_000
_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
CODE = Cut(Lexed, code_words, lower=False)
PROSE = Cut(Lexed, prose_words, lower=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, help="folder sources/documents of a run")
    parser.add_argument("--pieces", type=int, default=6000, help="of each of the two sources")
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--without", nargs="*", default=[], help="packages that are left out")
    options = parser.parse_args()
    general = _shuffled(_packages(options.without), options.pieces)
    if options.documents is not None:
        texts = (row.text for row in read_rows(options.documents, Document))
        general += _shuffled((p for text in texts for p in chunks(text)), options.pieces)
    textbooks = ["\n".join(_BLOCK.findall(row.text)) for row in recorded_textbooks()]
    exercises = [row.prompt + row.solution for row in recorded_exercises()]
    tensors = _tables(general, textbooks, exercises)
    write_bytes(options.out / "words.safetensors", save(tensors))
    good = [*textbooks, *exercises]
    told = {
        kind: sorted(telling(general, good, cut, TELLING, TELLING_TEXTS))
        for kind, cut in (("code", CODE), ("prose", PROSE))
    }
    told["topics"] = [row.topic for row in recorded_textbooks()]
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    write_bytes(options.out / "telling.json", text.encode())
    size = sum(map(len, general)) / 1e6
    print(
        f"{len(general):,} pieces of general code, {size:.1f} MB; {len(tensors['words']):,} words"
    )


def _packages(without: Sequence[str]) -> Iterator[str]:
    """Pieces of every installed package, at most `PER_PACKAGE` characters of each."""
    root = Path(sysconfig.get_paths()["purelib"])
    for package in sorted(path for path in root.iterdir() if path.is_dir()):
        if package.name in without:
            continue
        left = PER_PACKAGE
        paths = sorted(package.rglob("*.py"))
        random.Random(package.name).shuffle(paths)
        for path in paths:
            text = path.read_text(encoding="utf-8", errors="ignore")
            if len(text) >= 150 and left > 0:
                left -= len(text)
                yield from chunks(text)


def _shuffled(pieces: Iterator[str], count: int) -> list[str]:
    every = list(pieces)
    random.Random(1).shuffle(every)
    return every[:count]


def _tables(
    general: Sequence[str], textbooks: Sequence[str], exercises: Sequence[str]
) -> dict[str, Any]:
    every = [*general, *textbooks, *exercises]
    seen = texts_with(every, CODE)
    kept = [h for h, n in seen.items() if LEAST_TEXTS <= n <= MOST_SHARE * len(every)]
    words = np.array(sorted(kept), np.uint64)
    counts = [counts_of(texts, words, CODE) for texts in (general, textbooks, exercises)]
    there = [having(table) for table in counts]
    rarity = np.log((1 + len(every)) / (1 + sum(there))) + 1
    tables = [weighted(table, rarity) for table in counts]
    basis = space(tables, DIMENSIONS)
    odds = [
        np.clip(log_odds(h, len(t), there[0], len(general)), -CLIP, CLIP)
        for h, t in ((there[1], textbooks), (there[2], exercises))
    ]
    placed = [unit(table @ basis.astype(np.float64)) for table in tables[1:]]
    return {
        "words": words,
        "rarity": rarity.astype(np.float32),
        "odds": np.stack(odds).astype(np.float32),
        "basis": np.ascontiguousarray(basis),
        "textbooks": placed[0].astype(np.float32),
        "exercises": placed[1].astype(np.float32),
    }


if __name__ == "__main__":
    main()
