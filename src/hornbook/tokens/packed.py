"""Packed documents: all tokens of a table in one file, and where each document begins.

NAME.bin          uint16 tokens; every document ends with end-of-text; nothing is thrown away
NAME.offsets.npy  int64 [documents + 1], positions of the documents' first tokens
NAME.starts.npy   int32 [documents], tokens of a document that are not learnt (its prompt)
NAME.json         counts, the tokenizer's digest, the three files' sha256; written last
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError, DamagedFileError
from hornbook.storage import atomic_file, file_digest, read_json, write_bytes, write_json
from hornbook.tokens.tokenizer import Tokenizer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


FILES = ("bin", "offsets.npy", "starts.npy")


@dataclass(frozen=True)
class Encoded:
    """One document as tokens, without the end-of-text mark."""

    ids: list[int]
    prompt_tokens: int = 0


@dataclass(frozen=True)
class Packed:
    """A packed table, mapped from disk."""

    name: str
    tokens: NDArray[np.uint16]
    """[T]"""
    offsets: NDArray[np.int64]
    """[D + 1]"""
    starts: NDArray[np.int32]
    """[D]"""
    digest: str

    @property
    def documents(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def open(cls, folder: Path, name: str, tokenizer_digest: str) -> Packed:
        """Raises `ConfigError` for tokens of another tokenizer, `DamagedFileError` for a file
        that is missing, cut short or altered."""
        import numpy as np

        path = folder / f"{name}.json"
        if not path.exists():
            raise DamagedFileError(f"{path}: missing; run the tokens room again")
        about = read_json(path)
        if not _is_record(about):
            raise DamagedFileError(f"{path}: not a packed table's; run the tokens room again")
        if about["tokenizer"] != tokenizer_digest:
            raise ConfigError(
                f"{folder / name}: packed with another tokenizer; run the tokens room again"
            )
        for suffix, sha256 in about["sha256"].items():
            data = folder / f"{name}.{suffix}"
            if not data.exists() or file_digest(data) != sha256:
                raise DamagedFileError(
                    f"{data}: missing or not what was written; run the tokens room again"
                )
        tokens = (
            np.memmap(folder / f"{name}.bin", dtype=np.uint16, mode="r")
            if (folder / f"{name}.bin").stat().st_size
            else np.zeros(0, dtype=np.uint16)
        )
        return cls(
            name=name,
            tokens=tokens,
            offsets=np.load(folder / f"{name}.offsets.npy", allow_pickle=False),
            starts=np.load(folder / f"{name}.starts.npy", allow_pickle=False),
            digest=about["sha256"]["bin"],
        )


def _is_record(about: Any) -> bool:
    return (
        isinstance(about, dict)
        and isinstance(about.get("tokenizer"), str)
        and isinstance(about.get("sha256"), dict)
        and about["sha256"].keys() == set(FILES)
    )


def write_packed(
    folder: Path, name: str, documents: Iterable[Encoded], tokenizer: Tokenizer
) -> dict[str, int]:
    """Write a table; returns its counts."""
    import numpy as np

    offsets, starts = [0], []
    with atomic_file(folder / f"{name}.bin") as handle:
        for document in documents:
            handle.write(
                np.array([*document.ids, tokenizer.end_of_text], dtype=np.uint16).tobytes()
            )
            offsets.append(offsets[-1] + len(document.ids) + 1)
            starts.append(document.prompt_tokens)
    _save(folder / f"{name}.offsets.npy", np.array(offsets, dtype=np.int64))
    _save(folder / f"{name}.starts.npy", np.array(starts, dtype=np.int32))
    counts = {"documents": len(starts), "tokens": offsets[-1]}
    sha256 = {each: file_digest(folder / f"{name}.{each}") for each in FILES}
    about = {**counts, "tokenizer": tokenizer.digest, "sha256": sha256}
    write_json(folder / f"{name}.json", about)
    return counts


def _save(path: Path, array: NDArray[np.generic]) -> None:
    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    write_bytes(path, buffer.getvalue())
