"""Equal texts and near duplicates, decided on columns: texts are read by the signing jobs alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hornbook.engine import Job
from hornbook.records import Dropped
from hornbook.similarity.clusters import keepers
from hornbook.similarity.minhash import PERMUTATIONS
from hornbook.sources.catalogue import Catalogue
from hornbook.sources.duplicates import Sign
from hornbook.sources.jobs import Hands
from hornbook.storage import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


AT_ONCE = 10_000
"""Pairs of signatures that are compared at a time."""


@dataclass(frozen=True)
class Copies:
    """Of `rows` of the catalogue, in the order of names: what stays, and for whom the others go.

    `first` holds for each row the first with the same text, `keeper` the row that is kept in its
    place, itself where it stays.
    """

    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    keeper: NDArray[np.int64]
    alike: NDArray[np.float64]
    """For each row the estimated similarity of its first's text and its keeper's."""

    @property
    def kept(self) -> NDArray[np.int64]:
        stays: NDArray[np.bool_] = self.keeper == self.rows
        return self.rows[stays]

    def dropped(self, catalogue: Catalogue) -> Iterator[Dropped]:
        """A row for every copy, with its keeper and why."""
        import numpy as np

        gone = np.flatnonzero(self.keeper != self.rows)
        names = [catalogue.known(each[gone]) for each in (self.rows, self.first, self.keeper)]
        equal = (self.first != self.rows)[gone].tolist()
        near = (self.first != self.keeper)[gone].tolist()
        alike = self.alike[gone].tolist()
        for row, first, keeper, is_equal, is_near, share in zip(
            *names, equal, near, alike, strict=True
        ):
            if is_equal:
                reason = "duplicate"
                # The first of its text may have gone as a near duplicate of another.
                detail = f"the same text as {first.path}" if is_near else "the same text"
            else:
                # A chain of duplicates may end in two that are less alike than the threshold.
                reason = "near-duplicate"
                detail = (
                    f"estimated Jaccard similarity {share:.2f} with"
                    f" {keeper.collection}/{keeper.path}"
                )
            yield Dropped(
                row.id, row.source, row.collection, row.path, reason, detail, keeper=keeper.id
            )


def find_copies(
    catalogue: Catalogue, rows: NDArray[np.int64], threshold: float, hands: Hands
) -> Copies:
    """Who keeps whom among `rows`, which are in the order of names."""
    import numpy as np

    first = catalogue.first_of_its_text(rows)
    single = np.sort(rows[first == rows])
    signatures = _signatures(catalogue, single, hands)
    found = keepers(signatures, catalogue.rank[single], threshold)
    alike = np.ones(len(single))
    gone = np.flatnonzero(found != np.arange(len(single)))
    for start in range(0, len(gone), AT_ONCE):
        at = gone[start : start + AT_ONCE]
        alike[at] = (signatures[at] == signatures[found[at]]).mean(axis=1)
    # Where in `single` each row's first stands.
    at_first = np.searchsorted(single, first)
    return Copies(rows, first, single[found[at_first]], alike[at_first])


def _signatures(catalogue: Catalogue, rows: NDArray[np.int64], hands: Hands) -> NDArray[np.uint32]:
    """The signatures of `rows`, [rows, PERMUTATIONS], as an array on the disk."""
    import numpy as np

    jobs = []
    for shard, local in catalogue.parts(rows):
        path = hands.scratch / f"signatures-{shard:06d}.npy"
        payload = (str(catalogue.texts[shard]), local.tolist(), str(path))
        jobs.append(Job(path.stem, payload, digest(payload)))
    results = hands.do(Sign(), jobs)
    whole = hands.scratch / "signatures.npy"
    every = np.lib.format.open_memmap(whole, "w+", np.uint32, (len(rows), PERMUTATIONS))
    start = 0
    for result in results:
        part = np.load(result["files"][0], mmap_mode="r", allow_pickle=False)
        every[start : start + len(part)] = part
        start += len(part)
    every.flush()
    return every
