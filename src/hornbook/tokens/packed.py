"""Packed documents: a table's tokens in files of a bounded size, and where each document begins.

NAME-00000.bin    uint16 tokens; every document ends with end-of-text and lies in one file whole;
                  nothing is thrown away
NAME.offsets.npy  int64 [documents + 1], positions of the documents' first tokens in the table
NAME.starts.npy   int32 [documents], tokens of a document that are not learnt (its prompt)
NAME.ids.npy      uint8 [documents, 32], the rows' ids
NAME.json         counts, digests of the tokenizer, of all tokens and of each file; written last
"""

from __future__ import annotations

import hashlib
import itertools
import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError, DamagedFileError
from hornbook.storage import atomic_file, file_digest, read_json, write_json
from hornbook.tokens.row_ids import WIDTH, row_key
from hornbook.tokens.tokenizer import Tokenizer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


INDEX_FILES = ("offsets.npy", "starts.npy", "ids.npy")
SHARD_TOKENS = 100_000_000
SMALL = 1 << 20
_SHARD = re.compile(r"-[0-9]{5}\.bin")
_AGAIN = "run the tokens room again"


@dataclass(frozen=True)
class Encoded:
    """One document as tokens, without the end-of-text mark."""

    ids: list[int]
    prompt_tokens: int = 0
    row_id: str = ""


@dataclass(frozen=True)
class Packed:
    """A packed table, mapped from disk. `len` is its tokens."""

    name: str
    shards: tuple[NDArray[np.uint16], ...]
    firsts: NDArray[np.int64]
    """[S + 1], positions of the shards' first tokens; the last is the table's end."""
    offsets: NDArray[np.int64]
    """[D + 1]"""
    starts: NDArray[np.int32]
    """[D]"""
    ids: NDArray[np.uint8]
    """[D, 32]"""
    digest: str
    """Of all tokens in their order, however they are cut into files."""

    def __len__(self) -> int:
        return int(self.firsts[-1])

    @property
    def documents(self) -> int:
        return len(self.offsets) - 1

    def read(self, first: int, size: int) -> NDArray[np.uint16]:
        """Tokens [size] from position `first` on, out of as many files as they lie in."""
        import numpy as np

        if min(first, size) < 0 or first + size > len(self):
            raise IndexError(f"tokens {first} to {first + size} of {len(self)} in {self.name}")
        shard = int(np.searchsorted(self.firsts, first, side="right")) - 1
        pieces = []
        while size > 0:
            at = first - int(self.firsts[shard])
            piece = self.shards[shard][at : at + size]
            pieces.append(piece)
            first, size, shard = first + len(piece), size - len(piece), shard + 1
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.uint16)

    def document(self, number: int) -> NDArray[np.uint16]:
        """The tokens of one document, its end-of-text included."""
        first, end = (int(each) for each in self.offsets[number : number + 2])
        return self.read(first, end - first)

    def find(self, row_id: str) -> list[int]:
        """Numbers of the documents that were packed from this row."""
        import numpy as np

        if not self.documents:
            return []
        words = np.ascontiguousarray(self.ids).view(np.uint64)
        wanted = np.frombuffer(row_key(row_id), dtype=np.uint64)
        return [int(number) for number in np.flatnonzero((words == wanted).all(axis=1))]

    @classmethod
    def open(cls, folder: Path, name: str, tokenizer_digest: str) -> Packed:
        """Raises `ConfigError` for tokens of another tokenizer, `DamagedFileError` for a file
        that is missing, cut short or altered."""
        import numpy as np

        about = _record(folder, name, tokenizer_digest)
        for file, sha256 in about["sha256"].items():
            if not (folder / file).exists() or file_digest(folder / file) != sha256:
                raise DamagedFileError(
                    f"{folder / file}: missing or not what was written; {_AGAIN}"
                )
        offsets, starts, ids = (_load(folder / f"{name}.{each}") for each in INDEX_FILES)
        files = sorted(file for file in about["sha256"] if file.endswith(".bin"))
        shards = tuple(np.memmap(folder / file, dtype=np.uint16, mode="r") for file in files)
        firsts = np.cumsum([0, *map(len, shards)], dtype=np.int64)
        if len(starts) != len(offsets) - 1 or len(ids) != len(starts) or offsets[-1] != firsts[-1]:
            raise DamagedFileError(f"{folder / name}.json: its files don't fit together; {_AGAIN}")
        return cls(name, shards, firsts, offsets, starts, ids, about["digest"])


def _record(folder: Path, name: str, tokenizer_digest: str) -> dict[str, Any]:
    path = folder / f"{name}.json"
    if not path.exists():
        raise DamagedFileError(f"{path}: missing; {_AGAIN}")
    about = read_json(path)
    if not _is_record(about, name):
        raise DamagedFileError(f"{path}: not a packed table's; {_AGAIN}")
    if about["tokenizer"] != tokenizer_digest:
        raise ConfigError(f"{folder / name}: packed with another tokenizer; {_AGAIN}")
    return dict(about)


def _is_record(about: Any, name: str) -> bool:
    """Whether it vouches for every file of a table, and for no other."""
    if not isinstance(about, dict) or not isinstance(about.get("sha256"), dict):
        return False
    texts = [about.get("tokenizer"), about.get("digest"), *about["sha256"].values()]
    files = set(about["sha256"]) - {f"{name}.{each}" for each in INDEX_FILES}
    shards = [file.removeprefix(name) for file in sorted(files)]
    return (
        all(isinstance(text, str) for text in texts)
        and len(about["sha256"]) == len(files) + len(INDEX_FILES)
        and all(file.startswith(name) for file in files)
        and all(_SHARD.fullmatch(shard) for shard in shards)
        and shards == [_shard_name("", number) for number in range(len(shards))]
        and len(shards) == about.get("shards")
    )


def _shard_name(name: str, number: int) -> str:
    return f"{name}-{number:05d}.bin"


def _load(path: Path) -> NDArray[Any]:
    """Mapped, not read, for a table may have many documents."""
    import numpy as np

    small = path.stat().st_size <= SMALL  # and what holds no element can't be mapped
    loaded: NDArray[Any] = np.load(path, mmap_mode=None if small else "r", allow_pickle=False)
    return loaded


@dataclass
class _Index:
    """What is known of the documents written so far."""

    offsets: array[int] = field(default_factory=lambda: array("q", [0]))
    starts: array[int] = field(default_factory=lambda: array("i"))
    ids: bytearray = field(default_factory=bytearray)

    def add(self, document: Encoded) -> None:
        self.offsets.append(self.offsets[-1] + len(document.ids) + 1)
        self.starts.append(document.prompt_tokens)
        self.ids += row_key(document.row_id)

    def save(self, folder: Path, name: str) -> None:
        import numpy as np

        ids = np.frombuffer(self.ids, dtype=np.uint8).reshape(-1, WIDTH)
        arrays: tuple[NDArray[Any], ...] = (
            np.array(self.offsets, np.int64),
            np.array(self.starts, np.int32),
            ids,
        )
        for each, values in zip(INDEX_FILES, arrays, strict=True):
            with atomic_file(folder / f"{name}.{each}") as handle:
                np.save(handle, values, allow_pickle=False)


@dataclass
class _Cut:
    """The number of the file that the next document goes into."""

    limit: int
    number: int = 0
    filled: int = 0

    def __call__(self, document: Encoded) -> int:
        size = len(document.ids) + 1
        if self.filled and self.filled + size > self.limit:
            self.number, self.filled = self.number + 1, 0
        self.filled += size
        return self.number


def write_packed(
    folder: Path,
    name: str,
    documents: Iterable[Encoded],
    tokenizer: Tokenizer,
    shard_tokens: int = SHARD_TOKENS,
) -> dict[str, int]:
    """Write a table; returns its counts.

    A file holds at most `shard_tokens` tokens, or one document that is longer. The table's digest,
    and with it the order of training, does not depend on `shard_tokens`.
    """
    _remove(folder, name)
    index, every = _Index(), hashlib.sha256()
    shards = 0
    try:
        for number, group in itertools.groupby(documents, _Cut(shard_tokens)):
            with atomic_file(folder / _shard_name(name, number)) as handle:
                for document in group:
                    data = _bytes_of(document, tokenizer.end_of_text)
                    handle.write(data)
                    every.update(data)
                    index.add(document)
            shards = number + 1
    except BaseException:
        _remove(folder, name)
        raise
    index.save(folder, name)
    counts = {"documents": len(index.starts), "tokens": index.offsets[-1]}
    files = [_shard_name(name, number) for number in range(shards)]
    files += [f"{name}.{each}" for each in INDEX_FILES]
    about = {**counts, "shards": shards, "tokenizer": tokenizer.digest, "digest": every.hexdigest()}
    about["sha256"] = {file: file_digest(folder / file) for file in files}
    write_json(folder / f"{name}.json", about)
    return counts


def _bytes_of(document: Encoded, end_of_text: int) -> bytes:
    import numpy as np

    return np.array([*document.ids, end_of_text], dtype=np.uint16).tobytes()


def _remove(folder: Path, name: str) -> None:
    """The record first: without it nothing that lies here is believed."""
    (folder / f"{name}.json").unlink(missing_ok=True)
    for path in folder.glob(f"{name}-*.bin"):
        if _SHARD.fullmatch(path.name.removeprefix(name)):
            path.unlink()
