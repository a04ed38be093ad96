"""What the room's manifest says of what was kept: by collection, by licence, in all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.records import Document
from hornbook.similarity.planted import search
from hornbook.sources.catalogue import Catalogue
from hornbook.sources.config import SourcesSettings
from hornbook.sources.copies import Copies
from hornbook.storage import read_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLUSTERS = 10
COLLECTIONS = 1_000
"""So many collections are told of one by one, the largest; a manifest is read by people too."""
OTHERS = "(all others)"
AT_ONCE = 1 << 16


def duplicates_of(
    catalogue: Catalogue, copies: Copies, documents: Path, settings: SourcesSettings, seed: int
) -> dict[str, Any]:
    """The biggest clusters of copies, and how well the search finds variants planted beside some of
    the documents, which are read from the folder `documents`."""
    import numpy as np

    keepers, sizes = np.unique(copies.keeper, return_counts=True)
    order = np.lexsort((catalogue.rank[keepers], -sizes))
    biggest = [at for at in order[:CLUSTERS].tolist() if sizes[at] > 1]
    kept = catalogue.known(keepers[biggest])
    texts = (row.text for row in read_rows(documents, Document))
    return {
        "biggest": [
            {"id": row.id, "collection": row.collection, "path": row.path, "size": int(sizes[at])}
            for at, row in zip(biggest, kept, strict=True)
        ],
        "planted": search(texts, settings.near_duplicates, seed),
    }


def collections_of(catalogue: Catalogue, rows: NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    """Documents, characters, licence and version by collection; `rows` are in the order of names.

    Beyond the largest `COLLECTIONS`, the others stand together, by licence.
    """
    import numpy as np

    found: dict[str, dict[str, Any]] = {}
    sizes = catalogue.numbers("characters")
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        names = catalogue.values("collection", part)
        for row, name, size in zip(part.tolist(), names, sizes[part].tolist(), strict=True):
            entry = found.setdefault(name, {"documents": 0, "characters": 0, "first": row})
            entry["documents"] += 1
            entry["characters"] += size
    firsts = np.array([entry.pop("first") for entry in found.values()], np.int64)
    licences, versions = (catalogue.values(name, firsts) for name in ("licence", "version"))
    for entry, licence, version in zip(found.values(), licences, versions, strict=True):
        entry.update(licence=licence, version=version)
    return dict(sorted(_largest(found).items()))


def _largest(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    order = sorted(found, key=lambda name: (-found[name]["characters"], name))
    largest = {name: found[name] for name in order[:COLLECTIONS]}
    for name in order[COLLECTIONS:]:
        entry = found[name]
        key = f"{OTHERS} {entry['licence'] or ''}".strip()
        rest = largest.setdefault(
            key, {"documents": 0, "characters": 0, "licence": entry["licence"], "version": ""}
        )
        rest["documents"] += entry["documents"]
        rest["characters"] += entry["characters"]
    return largest
