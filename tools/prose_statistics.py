"""Makes src/hornbook/embed/data/prose: what tells textbooks' words from those of other prose.

Reads the recorded textbooks and what `tools/prose_texts.py` finds in the installed packages. With
`--half 0` or `--half 1` only every other topic and package is read, so that the rest can be judged
by an embedder that never saw it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from prose_texts import half, prose_texts
from safetensors.numpy import save
from telling_words import Cut, counts_of, having, log_odds, space, telling, texts_with

from hornbook.embed.likeness import unit, weighted
from hornbook.embed.prose_lexer import ProseLexed
from hornbook.storage import write_bytes

DATA = Path(__file__).parent.parent / "src" / "hornbook" / "embed" / "data" / "prose"
DIMENSIONS, MOST_WORDS, MOST_BOILERPLATE = 48, 7_000, 200
LEAST_TEXTS, MOST_SHARE = 3, 0.6
TELLING, TELLING_TEXTS = 200, 12
CLIP = 4.0
PROSE = Cut(ProseLexed, lambda lexed: lexed.plain, lower=True)
BOILERPLATE = ("description", "changelog", "licence")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--half", type=int, choices=(0, 1), help="only these topics and packages")
    options = parser.parse_args()
    rows = [row for row in prose_texts() if options.half in (None, half(row.group))]
    kinds = {kind: [row.text for row in rows if row.kind == kind] for kind in dict.fromkeys(r.kind for r in rows)}  # fmt: skip
    good = kinds.pop("textbook")
    topics = [row.group for row in rows if row.kind == "textbook"]
    boilerplate = [text for kind in BOILERPLATE for text in kinds.get(kind, [])]
    general = [text for texts in kinds.values() for text in texts]
    tensors = _tables(general, good, boilerplate)
    options.out.mkdir(parents=True, exist_ok=True)
    write_bytes(options.out / "words.safetensors", save(tensors))
    words = telling(general, good, PROSE, TELLING, TELLING_TEXTS)
    told = {"code": [], "prose": sorted(filter(str.isalpha, words)), "topics": topics}
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    write_bytes(options.out / "telling.json", text.encode())
    size = sum(map(len, [*general, *good])) / 1e6
    print(f"{len(rows):,} texts, {size:.1f} MB; {len(tensors['words']):,} words")


def _tables(
    general: Sequence[str], good: Sequence[str], boilerplate: Sequence[str]
) -> dict[str, Any]:
    every = [*general, *good]
    seen = texts_with(every, PROSE)
    usable = [(n, h) for h, n in seen.items() if LEAST_TEXTS <= n <= MOST_SHARE * len(every)]
    kept = [h for _, h in sorted(usable, reverse=True)[:MOST_WORDS]]
    words = np.array(sorted(kept), np.uint64)
    counts = [counts_of(texts, words, PROSE) for texts in (general, good, boilerplate)]
    there = [having(table) for table in counts]
    rarity = np.log((1 + len(every)) / (1 + there[0] + there[1])) + 1
    tables = [weighted(table, rarity) for table in counts]
    basis = space(tables[:2], DIMENSIONS)
    teaching = log_odds(there[1], len(good), there[0], len(general))
    others = there[0] + there[1] - there[2]
    binding = log_odds(there[2], len(boilerplate), others, len(every) - len(boilerplate))
    placed = [unit(table @ basis.astype(np.float64)) for table in tables[1:]]
    step = -(-len(boilerplate) // MOST_BOILERPLATE)
    return {
        "words": words,
        "rarity": rarity.astype(np.float32),
        "odds": np.clip(np.stack([teaching, binding]), -CLIP, CLIP).astype(np.float32),
        "basis": np.ascontiguousarray(basis),
        "textbooks": placed[0].astype(np.float32),
        "exercises": np.ascontiguousarray(placed[1][::step].astype(np.float32)),
    }


if __name__ == "__main__":
    main()
