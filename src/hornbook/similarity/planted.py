"""Near duplicates made to order: how many of them the search finds, and how often it is wrong.

Variants of real files are planted beside them, each with its true Jaccard similarity, and the
search is asked. What it says is held against the truth: of the variants at or above the threshold
it should find all (recall), and of those it finds all should be (precision).
"""

from __future__ import annotations

import heapq
import keyword
import math
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hornbook.randomness import seed_for, stream
from hornbook.records import content_id
from hornbook.similarity.clusters import keepers
from hornbook.similarity.minhash import signatures
from hornbook.similarity.shingles import jaccard, shingle_set

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILES = 200
_CHARACTERS = (1_000, 30_000)
_PIECES = 4
"""A file can be varied if it has so many characters, and so many functions or classes."""
_Z_95 = 1.959964
_NAME = re.compile(r"\b[A-Za-z_]\w+\b")
_PIECE = re.compile(r"(?m)^(?=(?:@|class |def |async def ))")
_COMMENT = re.compile(r"(?m)^( *)#.*$")
_WORDS = (
    "keep",
    "the",
    "old",
    "value",
    "until",
    "every",
    "caller",
    "has",
    "moved",
    "then",
    "check",
)


@dataclass(frozen=True)
class Planted:
    """A variant of one of the originals."""

    kind: str
    original: int
    text: str


def chosen(texts: Iterable[str], seed: int, files: int = FILES) -> list[str]:
    """The first `files` texts that can be varied, in a seeded order that is nobody else's: which
    texts come, not how they are ordered, decides."""
    low, high = _CHARACTERS
    fit = (text for text in texts if low <= len(text) <= high and len(_pieces(text)) > _PIECES)
    return heapq.nsmallest(files, fit, key=lambda text: seed_for(seed, "planted", content_id(text)))


def plant(originals: Sequence[str], seed: int) -> list[Planted]:
    """A variant of each kind of each original; the next original lends what is changed for.

    >>> text = "import a\\n" + "".join(f"def f{n}(x):\\n    return x + {n}\\n" for n in range(9))
    >>> planted = plant([text, text.replace("x", "y")], seed=1)
    >>> [one.kind for one in planted if one.original == 0][:4]
    ['renamed-1', 'renamed-3', 'renamed-10', 'moved']
    """
    found = []
    for at, text in enumerate(originals):
        other = originals[(at + 1) % len(originals)]
        for kind, change in KINDS.items():
            rng = stream(seed, "planted", kind, content_id(text))
            found.append(Planted(kind, at, change(_Change(text, other, rng))))
    return found


def search(texts: Iterable[str], threshold: float, seed: int, files: int = FILES) -> dict[str, Any]:
    """How well near duplicates of `texts` are found: a JSON object, the same for equal texts.

    `kinds` and `all` hold for each kind and for all together: `planted` variants; `alike`, those at
    or above the threshold in truth; `found`; `right`, both; and `recall` and `precision` as
    [share, low, high] with Wilson's interval at 95%, None where there is nothing to share.
    `curve` has the share found by true similarity. Each kind is searched by itself, so that a
    variant can't be found through another.
    """
    originals = chosen(texts, seed, files)
    planted = plant(originals, seed)
    truth = similarities(originals, planted)
    found = dict(zip(planted, _found(originals, planted, threshold), strict=True))
    kinds = {
        kind: score([(truth[one], found[one]) for one in planted if one.kind == kind], threshold)
        for kind in KINDS
    }
    every = [(truth[one], found[one]) for one in planted]
    return {
        "files": len(originals),
        "threshold": threshold,
        "kinds": kinds,
        "all": score(every, threshold),
        "curve": curve(every),
    }


def similarities(originals: Sequence[str], planted: Sequence[Planted]) -> dict[Planted, float]:
    """The true Jaccard similarity of each variant and its original."""
    sets = [shingle_set(text) for text in originals]
    return {one: jaccard(sets[one.original], shingle_set(one.text)) for one in planted}


def score(answers: Sequence[tuple[float, bool]], threshold: float) -> dict[str, Any]:
    """Recall and precision of (true similarity, found) pairs.

    >>> score([(0.9, True), (0.9, False), (0.2, False)], 0.8)["recall"][0]
    0.5
    """
    alike = sum(truth >= threshold for truth, _ in answers)
    found = sum(is_found for _, is_found in answers)
    right = sum(is_found and truth >= threshold for truth, is_found in answers)
    return {
        "planted": len(answers),
        "alike": alike,
        "found": found,
        "right": right,
        "recall": _share(right, alike),
        "precision": _share(right, found),
        "similarity": round(sum(truth for truth, _ in answers) / max(len(answers), 1), 4),
    }


def curve(answers: Sequence[tuple[float, bool]], steps: int = 20) -> list[dict[str, Any]]:
    """Variants and how many of them were found, by true similarity."""
    places = [min(int(truth * steps), steps - 1) for truth, _ in answers]
    return [
        {
            "from": place / steps,
            "planted": places.count(place),
            "found": sum(
                is_found for at, (_, is_found) in zip(places, answers, strict=True) if at == place
            ),
        }
        for place in sorted(set(places))
    ]


def _found(originals: Sequence[str], planted: Sequence[Planted], threshold: float) -> list[bool]:
    import numpy as np

    first = signatures(originals)
    signed = signatures(one.text for one in planted)
    kinds = np.array([one.kind for one in planted], object)
    parents = np.array([one.original for one in planted], np.int64)
    found = np.zeros(len(planted), bool)
    for kind in KINDS:
        here = np.flatnonzero(kinds == kind)
        both: NDArray[np.uint32] = np.concatenate([first, signed[here]])
        kept = keepers(both, np.arange(len(both)), threshold)
        found[here] = kept[len(first) :] == kept[parents[here]]
    return [bool(each) for each in found]


def _share(part: int, whole: int) -> list[float] | None:
    """A share with Wilson's interval."""
    if not whole:
        return None
    share, spread = part / whole, _Z_95**2 / whole
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return [round(each, 4) for each in (share, max(middle - half, 0), min(middle + half, 1))]


def _pieces(text: str) -> list[str]:
    """What stands before the first function or class, then each of them with what follows it."""
    pieces, decorated = [""], False
    for part in _PIECE.split(text):
        if len(pieces) == 1 and not _PIECE.match(part):
            pieces[0] += part
        elif decorated:
            pieces[-1] += part
        else:
            pieces.append(part)
        decorated = part.startswith("@")
    return pieces


@dataclass(frozen=True)
class _Change:
    """What may be done to `text`; `other` lends what is exchanged."""

    text: str
    other: str
    rng: random.Random

    def renamed(self, percent: int) -> str:
        every = set(_NAME.findall(self.text))
        names = sorted(name for name in every if not keyword.iskeyword(name))
        new = self.rng.sample(names, min(len(names), max(1, len(names) * percent // 100)))
        pattern = re.compile(rf"\b(?:{'|'.join(new)})\b")
        return pattern.sub(lambda found: f"{found[0]}_{new.index(found[0])}", self.text)

    def moved(self) -> str:
        head, *pieces = _pieces(self.text)
        self.rng.shuffle(pieces)
        return "\n".join([head, *pieces])

    def commented(self) -> str:
        head, *pieces = _pieces(_COMMENT.sub(lambda found: found[1] + self._remark(), self.text))
        return "".join([head, *(f"{self._remark()}\n{piece}" for piece in pieces)])

    def spaced(self) -> str:
        lines = [line for line in self.text.split("\n") if line.strip()]
        return "\r\n".join(line.replace("    ", "\t") + "  " for line in lines)

    def quoted(self) -> str:
        return replace(self, text=self.text.replace("'", '"')).spaced()

    def exchanged(self, one_in: int) -> str:
        head, *pieces = _pieces(self.text)
        theirs = _pieces(self.other)[1:]
        for at in self.rng.sample(range(len(pieces)), max(1, len(pieces) // one_in)):
            pieces[at] = self.rng.choice(theirs)
        return "".join([head, *pieces])

    def same_head(self) -> str:
        return "".join([_pieces(self.text)[0], *_pieces(self.other)[1:]])

    def _remark(self) -> str:
        return "# " + " ".join(self.rng.choices(_WORDS, k=self.rng.randint(3, 9)))


KINDS: dict[str, Callable[[_Change], str]] = {
    "renamed-1": lambda change: change.renamed(1),
    "renamed-3": lambda change: change.renamed(3),
    "renamed-10": lambda change: change.renamed(10),
    "moved": _Change.moved,
    "comments": _Change.commented,
    "white-space": _Change.spaced,
    "quotes": _Change.quoted,
    "changed-tenth": lambda change: change.exchanged(10),
    "changed-third": lambda change: change.exchanged(3),
    "same-imports": _Change.same_head,
}
"""Kinds of variants: so many in a hundred names renamed, functions moved, comments or spacing or
quotes changed, a part of the functions exchanged, and all but the head exchanged."""
