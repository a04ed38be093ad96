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
import scipy.sparse as sp
from safetensors.numpy import save
from scipy.sparse.linalg import svds

from hornbook.embed.lexer import Lexed, Words
from hornbook.embed.likeness import code_words, prose_words, unit, weighted, word_counts
from hornbook.embed.word_table import WordTable
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
Table = dict[str, int]


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
    telling = {
        kind: _telling(general, [*textbooks, *exercises], kind) for kind in ("code", "prose")
    }
    telling["topics"] = [row.topic for row in recorded_textbooks()]
    text = json.dumps(telling, indent=1, ensure_ascii=False) + "\n"
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


def _batches(texts: Sequence[str]) -> Iterator[Lexed]:
    for start in range(0, len(texts), 200):
        yield Lexed(texts[start : start + 200])


def _words(lexed: Lexed, kind: str) -> Words:
    return code_words(lexed) if kind == "code" else prose_words(lexed)


def _texts_with(texts: Sequence[str], kind: str) -> dict[int, int]:
    """In how many texts each word stands, by its hash."""
    found = []
    for lexed in _batches(texts):
        words = _words(lexed, kind)
        pairs = np.unique(np.stack([words.hash, words.text.astype(np.uint64)]), axis=1)
        found.append(pairs[0])
    hashes, counts = np.unique(np.concatenate(found), return_counts=True)
    return dict(zip(hashes.tolist(), counts.tolist(), strict=True))


def _counts(texts: Sequence[str], known: Any) -> sp.csr_matrix:
    table = WordTable(known)
    parts = [word_counts(lexed, code_words(lexed), table) for lexed in _batches(texts)]
    return sp.vstack(parts).tocsr()


def _tables(
    general: Sequence[str], textbooks: Sequence[str], exercises: Sequence[str]
) -> dict[str, Any]:
    every = [*general, *textbooks, *exercises]
    seen = _texts_with(every, "code")
    kept = [h for h, n in seen.items() if LEAST_TEXTS <= n <= MOST_SHARE * len(every)]
    words = np.array(sorted(kept), np.uint64)
    counts = [_counts(texts, words) for texts in (general, textbooks, exercises)]
    having = [np.asarray((table > 0).sum(axis=0)).ravel() for table in counts]
    rarity = np.log((1 + len(every)) / (1 + sum(having))) + 1
    tables = [weighted(table, rarity) for table in counts]
    start = np.random.default_rng(0).normal(size=min(len(every), len(words)))
    _, sizes, axes = svds(sp.vstack(tables), k=DIMENSIONS, v0=start)
    basis = axes[np.argsort(-sizes)].T.astype(np.float16)
    odds = [
        np.clip(_log_odds(h, len(t), having[0], len(general)), -CLIP, CLIP)
        for h, t in ((having[1], textbooks), (having[2], exercises))
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


def _log_odds(having: Any, texts: int, others: Any, other_texts: int) -> Any:
    return np.log((having + 1) / (texts + 2)) - np.log((others + 1) / (other_texts + 2))


def _telling(general: Sequence[str], good: Sequence[str], kind: str) -> list[str]:
    """The words whose odds differ most, rare ones counting less."""
    here, there = _texts_with(good, kind), _texts_with(general, kind)
    weights = {}
    for word in here.keys() | there.keys():
        both = here.get(word, 0) + there.get(word, 0)
        if both >= TELLING_TEXTS:
            odds = _log_odds(here.get(word, 0), len(good), there.get(word, 0), len(general))
            weights[word] = abs(float(odds)) * (both / (len(good) + len(general))) ** 0.5
    chosen = set(sorted(weights, key=lambda word: (-weights[word], word))[:TELLING])
    return sorted(_spelt([*good, *general], kind, chosen).values())


def _spelt(texts: Sequence[str], kind: str, wanted: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for lexed in _batches(texts):
        words = _words(lexed, kind)
        new = np.isin(words.hash, np.array(sorted(wanted - found.keys()), np.uint64))
        for start, end, word in zip(
            words.start[new], words.end[new], words.hash[new].tolist(), strict=True
        ):
            spelt = bytes(lexed.data[start:end]).decode("utf-8", "replace")
            found[word] = spelt.lower() if kind == "prose" else spelt
        if len(found) == len(wanted):
            break
    return found


if __name__ == "__main__":
    main()
