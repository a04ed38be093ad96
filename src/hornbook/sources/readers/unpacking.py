"""Packed files as streams, with a limit on how much may come out of how little."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_SLACK = 16 << 20
"""Bytes that may always come out: a few equal lines pack very well."""


class UnpackedTooLarge(Exception):
    """More came out of a packed file than the limit allows."""


def packing_of(path: Path) -> str | None:
    """`gzip`, `zstd` or nothing, by a file's first bytes: names promise anything."""
    with path.open("rb") as handle:
        head = handle.read(4)
    return next((name for magic, name in PACKINGS.items() if head.startswith(magic)), None)


def open_plain(path: Path, max_ratio: float) -> BinaryIO:
    """The bytes of a file, unpacked as they are read; only a plain file can be sought in.

    Reading raises `UnpackedTooLarge` once more than `max_ratio` times the file's size came out, and
    `OSError`, `EOFError` or `zlib.error` for damage.
    """
    packing = packing_of(path)
    if packing is None:
        return path.open("rb")
    inner = cast(BinaryIO, gzip.GzipFile(path)) if packing == "gzip" else _zstd(path)
    allowed = int(max_ratio * path.stat().st_size) + _SLACK
    return cast(BinaryIO, io.BufferedReader(_Counted(inner, allowed), 1 << 20))


def _zstd(path: Path) -> BinaryIO:
    import pyarrow as pa

    return cast(BinaryIO, pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))


class _Counted(io.RawIOBase):
    """A stream that gives no more than it may."""

    def __init__(self, inner: BinaryIO, allowed: int) -> None:
        self._inner = inner
        self._allowed = self._left = allowed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        data = self._inner.read(len(memoryview(buffer)))
        self._left -= len(data)
        if self._left < 0:
            raise UnpackedTooLarge(
                f"over {self._allowed:,} bytes come out of it, as out of a bomb; raise"
                " sources.max_ratio if it is none"
            )
        memoryview(buffer)[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()
