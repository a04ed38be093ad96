"""What the room's manifest says of what was kept: by collection, by licence, in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hornbook.sources.catalogue import Catalogue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLLECTIONS = 1_000
"""So many collections are told of one by one, the largest; a manifest is read by people too."""
OTHERS = "(all others)"
AT_ONCE = 1 << 16


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
