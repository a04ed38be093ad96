"""Makes src/hornbook/embed/data/prose: what tells textbooks' words from those of other prose.

Reads the recorded textbooks and what `tools/prose_texts.py` finds in the installed packages. With
`--half 0` or `--half 1` only every other topic and package is read, so that the rest can be judged
by an embedder that never saw it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from prose_texts import half, prose_texts
from safetensors.numpy import save
from scipy.sparse.linalg import svds

from hornbook.embed.likeness import unit, weighted, word_counts
from hornbook.embed.prose_lexer import ProseLexed
from hornbook.embed.word_table import WordTable
from hornbook.storage import write_bytes

DATA = Path(__file__).parent.parent / "src" / "hornbook" / "embed" / "data" / "prose"
DIMENSIONS, MOST_WORDS, MOST_BOILERPLATE = 48, 7_000, 200
LEAST_TEXTS, MOST_SHARE = 3, 0.6
TELLING, TELLING_TEXTS = 200, 12
CLIP = 4.0
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
    told = {"code": [], "prose": _telling(general, good), "topics": topics}
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    write_bytes(options.out / "telling.json", text.encode())
    size = sum(map(len, [*general, *good])) / 1e6
    print(f"{len(rows):,} texts, {size:.1f} MB; {len(tensors['words']):,} words")


def _batches(texts: Sequence[str]) -> Iterator[ProseLexed]:
    for start in range(0, len(texts), 200):
        yield ProseLexed(texts[start : start + 200])


def _texts_with(texts: Sequence[str]) -> dict[int, int]:
    """In how many texts each word stands, by its hash."""
    found = [np.zeros(0, np.uint64)]
    for lexed in _batches(texts):
        words = lexed.plain
        pairs = np.unique(np.stack([words.hash, words.text.astype(np.uint64)]), axis=1)
        found.append(pairs[0])
    hashes, counts = np.unique(np.concatenate(found), return_counts=True)
    return dict(zip(hashes.tolist(), counts.tolist(), strict=True))


def _counts(texts: Sequence[str], known: Any) -> sp.csr_matrix:
    table = WordTable(known)
    parts = [word_counts(lexed, lexed.plain, table) for lexed in _batches(texts)]
    return sp.vstack(parts).tocsr()


def _tables(
    general: Sequence[str], good: Sequence[str], boilerplate: Sequence[str]
) -> dict[str, Any]:
    every = [*general, *good]
    seen = _texts_with(every)
    usable = [(n, h) for h, n in seen.items() if LEAST_TEXTS <= n <= MOST_SHARE * len(every)]
    kept = [h for _, h in sorted(usable, reverse=True)[:MOST_WORDS]]
    words = np.array(sorted(kept), np.uint64)
    counts = [_counts(texts, words) for texts in (general, good, boilerplate)]
    having = [np.asarray((table > 0).sum(axis=0)).ravel() for table in counts]
    rarity = np.log((1 + len(every)) / (1 + having[0] + having[1])) + 1
    tables = [weighted(table, rarity) for table in counts]
    start = np.random.default_rng(0).normal(size=min(len(every), len(words)))
    _, sizes, axes = svds(sp.vstack(tables[:2]), k=DIMENSIONS, v0=start)
    basis = axes[np.argsort(-sizes)].T.astype(np.float16)
    teaching = _log_odds(having[1], len(good), having[0], len(general))
    others = having[0] + having[1] - having[2]
    binding = _log_odds(having[2], len(boilerplate), others, len(every) - len(boilerplate))
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


def _log_odds(having: Any, texts: int, others: Any, other_texts: int) -> Any:
    return np.log((having + 1) / (texts + 2)) - np.log((others + 1) / (other_texts + 2))


def _telling(general: Sequence[str], good: Sequence[str]) -> list[str]:
    """The words whose odds differ most, rare ones counting less."""
    here, there = _texts_with(good), _texts_with(general)
    weights = {}
    for word in here.keys() | there.keys():
        both = here.get(word, 0) + there.get(word, 0)
        if both >= TELLING_TEXTS:
            odds = _log_odds(here.get(word, 0), len(good), there.get(word, 0), len(general))
            weights[word] = abs(float(odds)) * (both / (len(good) + len(general))) ** 0.5
    chosen = set(sorted(weights, key=lambda word: (-weights[word], word))[:TELLING])
    return sorted(word for word in _spelt([*good, *general], chosen).values() if word.isalpha())


def _spelt(texts: Sequence[str], wanted: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for lexed in _batches(texts):
        words = lexed.plain
        new = np.isin(words.hash, np.array(sorted(wanted - found.keys()), np.uint64))
        for start, end, word in zip(
            words.start[new], words.end[new], words.hash[new].tolist(), strict=True
        ):
            found[word] = bytes(lexed.data[start:end]).decode("utf-8", "replace").lower()
        if len(found) == len(wanted):
            break
    return found


if __name__ == "__main__":
    main()
