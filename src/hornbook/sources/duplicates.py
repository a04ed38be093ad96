"""The signing of documents for the search for near duplicates, a shard a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import DamagedFileError
from hornbook.similarity.minhash import PERMUTATIONS, SCHEME, signatures_of
from hornbook.storage import atomic_file

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_BATCH = 512
"""Documents of a shard that are in memory at a time."""


@dataclass
class Sign:
    """The engine's work: the MinHash signatures of one shard of documents.

    The payload is (a parquet file of `Document` rows, the numbers of the rows wanted or None for
    all, the .npy file to write). The file holds [rows, PERMUTATIONS] uint32, in the order of the
    numbers. Raises `DamagedFileError` for a shard that can't be read.
    """

    version: str = f"{SCHEME}"

    def setup(self) -> None:
        return None

    def __call__(self, payload: tuple[str, Sequence[int] | None, str]) -> dict[str, Any]:
        import numpy as np

        shard, numbers, path = payload
        signed = _all(Path(shard)) if numbers is None else _some(Path(shard), numbers)
        with atomic_file(Path(path)) as handle:
            np.save(handle, signed, allow_pickle=False)
        return {"files": [path]}


def _all(shard: Path) -> NDArray[np.uint32]:
    import numpy as np

    none = np.empty((0, PERMUTATIONS), np.uint32)
    return np.concatenate([none, *(signatures_of(*_bytes_of(texts)) for texts in _texts(shard))])


def _some(shard: Path, numbers: Sequence[int]) -> NDArray[np.uint32]:
    """The signatures of the rows called `numbers`; raises ValueError for one that isn't there."""
    import numpy as np

    wanted = np.asarray(numbers, np.int64)
    found = np.empty((len(wanted), PERMUTATIONS), np.uint32)
    start = filled = 0
    for texts in _texts(shard):
        here = np.flatnonzero((wanted >= start) & (wanted < start + len(texts)))
        found[here] = signatures_of(*_bytes_of(texts.take(wanted[here] - start)))
        start, filled = start + len(texts), filled + len(here)
    if filled < len(wanted):
        raise ValueError(f"{shard} has {start:,} rows, and one beyond them was asked for")
    return found


def _texts(shard: Path) -> Iterator[pa.StringArray]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(shard) as file:
            for batch in file.iter_batches(batch_size=_BATCH, columns=["text"]):
                yield batch.column(0).cast(pa.string())
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedFileError(f"{shard}: {error}; delete its folder and run again") from error


def _bytes_of(texts: pa.StringArray) -> tuple[memoryview, NDArray[np.int64]]:
    """The texts one behind the other, as they lie in memory, and where each begins and ends."""
    import numpy as np

    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return memoryview(b""), np.zeros(len(texts) + 1, np.int64)
    starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    low, high = int(starts[0]), int(starts[-1])
    return memoryview(data)[low:high], starts.astype(np.int64) - low
