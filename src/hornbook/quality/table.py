"""What each line would keep of a run's documents, whole or by source or collection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.errors import ConfigError
from hornbook.quality.scoring import DocumentScore
from hornbook.quality.selection import Kept, Ladder
from hornbook.quality.validation import Curve
from hornbook.stages import Manifest
from hornbook.storage import read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

ALL = "all documents"


def would_keep(
    folder: Path, lines: Sequence[float] | None, by: str | None, figure: str = "mean"
) -> Iterator[tuple[str, list[Kept]]]:
    """(group, what each line keeps of it) from a finished quality stage in `folder`, the biggest
    group first.

    Without `lines`, those of twelve shares of all characters. `by` is `source`, `collection` or `topic`.
    Raises `ConfigError` where the stage is not finished.
    """
    import numpy as np

    manifest = Manifest.read(folder)
    if manifest is None:
        raise ConfigError(f"{folder}: not finished; `hornbook quality RECIPE` first")
    curve = Curve(**manifest.facts["curve"])
    groups: dict[str, tuple[list[float], list[int]]] = {ALL: ([], [])}
    for row in read_rows(folder / "scores.parquet", DocumentScore):
        if row.held_out:
            continue
        names = [ALL] if by is None else [ALL, str(getattr(row, by))]
        for name in names:
            scores, sizes = groups.setdefault(name, ([], []))
            scores.append(round(getattr(row, figure), 6))
            sizes.append(row.characters)
    ladders = {n: Ladder(np.array(s), np.array(c), curve) for n, (s, c) in groups.items()}
    chosen = [row.line for row in ladders[ALL].table()] if lines is None else sorted(lines)[::-1]
    for name in sorted(ladders, key=lambda name: (name != ALL, -ladders[name].characters, name)):
        yield name, [ladders[name].at(line) for line in chosen]
