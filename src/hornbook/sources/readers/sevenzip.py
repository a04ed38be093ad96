"""A .7z archive read as a stream: enough of the format for dumps, with nothing ever held whole.

The standard library unpacks what such archives use (LZMA, LZMA2, bzip2, or nothing); only the
archive's own tables are read here. What they promise is checked before anything is allocated.
"""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAGIC = b"7z\xbc\xaf\x27\x1c"
_START = struct.Struct("<6sBBIQQI")
TABLE_BYTES = 64 << 20
"""The archive's tables may be so large: names and sizes of a million files."""
DICTIONARY_BYTES = 512 << 20
"""What unpacking may need in memory. 7-Zip's largest preset asks for a tenth of it."""
_CHUNK = 1 << 18
_END, _HEADER, _STREAMS, _FILES = 0x00, 0x01, 0x04, 0x05
_PACK, _UNPACK, _SUBSTREAMS = 0x06, 0x07, 0x08
_SIZE, _CRC, _FOLDER, _UNPACK_SIZE, _COUNT = 0x09, 0x0A, 0x0B, 0x0C, 0x0D
_EMPTY, _NAMES, _ENCODED = 0x0E, 0x11, 0x17
_COPY, _LZMA1, _LZMA2, _BZIP2, _X86, _AES = (
    b"\x00",
    b"\x03\x01\x01",
    b"\x21",
    b"\x04\x02\x02",
    b"\x03\x03\x01\x03",
    b"\x06\xf1\x07\x01",
)


@dataclass
class Folder:
    """Packed bytes that unpack together into the bytes of one or more members."""

    coders: list[tuple[bytes, bytes]]
    """(method, properties) of each step: what packed first, and is unpacked last, comes first."""
    size: int
    start: int = 0
    packed: int = 0
    members: Sequence[tuple[int, int | None]] = ()
    """(size, CRC) of each member in it."""


class _Bytes:
    """The archive's tables, read from the front. Whatever they hold, no read goes past the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise ValueError("its tables are damaged or cut short")
        self._at += count
        return self._data[self._at - count : self._at]

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        first, mask, value = self.byte(), 0x80, 0
        for at in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * at)
            value |= self.byte() << (8 * at)
            mask >>= 1
        return value

    def count(self) -> int:
        """A number of things that each take room in the tables."""
        found = self.number()
        if found > len(self._data):
            raise ValueError("its tables promise more than they hold")
        return found

    def bits(self, count: int) -> list[bool]:
        data = self.take((count + 7) // 8)
        return [bool(data[at // 8] & 0x80 >> at % 8) for at in range(count)]

    def checksums(self, count: int) -> list[int | None]:
        known = [True] * count if self.byte() else self.bits(count)
        return [struct.unpack("<I", self.take(4))[0] if each else None for each in known]


class SevenZip:
    """An open archive. Raises `ValueError` or `OSError` for one that can't be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        try:
            self._folders, self._names = self._tables()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> SevenZip:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def open(self, name: str, max_ratio: float) -> tuple[BinaryIO, int]:
        """The bytes of the member called `name`, in whatever folder, and how many they are.

        Raises `ValueError` where there is none, where it is packed in an unknown way, or where it
        is more than `max_ratio` times what it is packed in.
        """
        at = 0
        for folder in self._folders:
            before = 0
            for size, crc in folder.members:
                if at < len(self._names) and self._names[at].rpartition("/")[2] == name:
                    if before + size > max_ratio * max(folder.packed, 1 << 16):
                        raise ValueError(
                            f"{name} is {size:,} bytes from {folder.packed:,}, as in a bomb; raise"
                            " sources.max_ratio if it is none"
                        )
                    member = _Member(self._file, folder, before, (size, crc))
                    return cast(BinaryIO, io.BufferedReader(member, 1 << 20)), size
                before += size
                at += 1
        raise ValueError(f"no {name} in it")

    def _tables(self) -> tuple[list[Folder], list[str]]:
        head = self._file.read(_START.size)
        if len(head) < _START.size or not head.startswith(MAGIC):
            raise ValueError("not a .7z archive, or cut short")
        _, _, _, crc_of_start, offset, size, crc = _START.unpack(head)
        if zlib.crc32(head[12:]) != crc_of_start or size > TABLE_BYTES:
            raise ValueError("its beginning is damaged")
        self._file.seek(0, io.SEEK_END)
        if _START.size + offset + size > self._file.tell():
            raise ValueError("cut short")
        self._file.seek(_START.size + offset)
        data = self._file.read(size)
        if zlib.crc32(data) != crc:
            raise ValueError("its tables are damaged")
        tables = _Bytes(data)
        kind = tables.byte()
        while kind == _ENCODED:
            tables = _Bytes(self._unpacked(_streams(tables)))
            kind = tables.byte()
        if kind != _HEADER or tables.byte() != _STREAMS:
            raise ValueError("its tables are of no known kind")
        folders = _streams(tables)
        return folders, _names(tables) if tables.byte() == _FILES else []

    def _unpacked(self, folders: list[Folder]) -> bytes:
        if len(folders) != 1 or folders[0].size > TABLE_BYTES:
            raise ValueError("its tables are too large")
        member = _Member(self._file, folders[0], 0, (folders[0].size, None))
        return io.BufferedReader(member).read()


def _streams(tables: _Bytes) -> list[Folder]:
    """The folders, each with where its packed bytes are and what members it holds."""
    starts, sizes = [0], [0]
    folders: list[Folder] = []
    while (kind := tables.byte()) != _END:
        if kind == _PACK:
            starts, sizes = _packed(tables)
        elif kind == _UNPACK:
            folders = _folders(tables)
        elif kind == _SUBSTREAMS:
            _members(tables, folders)
        else:
            raise ValueError("its tables are of no known kind")
    if len(sizes) < len(folders):
        raise ValueError("its tables promise more than they hold")
    for folder, start, size in zip(folders, starts, sizes, strict=False):
        folder.start, folder.packed = start, size
    return folders


def _packed(tables: _Bytes) -> tuple[list[int], list[int]]:
    start = _START.size + tables.number()
    count = tables.count()
    sizes = [0] * count
    while (kind := tables.byte()) != _END:
        if kind == _SIZE:
            sizes = [tables.number() for _ in range(count)]
        elif kind == _CRC:
            tables.checksums(count)
    return [start + sum(sizes[:at]) for at in range(count)], sizes


def _folders(tables: _Bytes) -> list[Folder]:
    if tables.byte() != _FOLDER:
        raise ValueError("its tables are of no known kind")
    count = tables.count()
    if tables.byte():
        raise ValueError("its tables are in another place")
    folders, last = [], []
    for _ in range(count):
        coders, which = _coders(tables)
        folders.append(Folder(coders, 0))
        last.append(which)
    checksums: list[int | None] = [None] * count
    while (kind := tables.byte()) != _END:
        if kind == _UNPACK_SIZE:
            for folder, which in zip(folders, last, strict=True):
                folder.size = [tables.number() for _ in folder.coders][which]
        elif kind == _CRC:
            checksums = tables.checksums(count)
    for folder, crc in zip(folders, checksums, strict=True):
        folder.members = [(folder.size, crc)]
    return folders


def _coders(tables: _Bytes) -> tuple[list[tuple[bytes, bytes]], int]:
    """The steps, the last unpacked first, and which of them as they stand gives the members."""
    coders = []
    count = tables.number()
    if not 1 <= count <= 4:
        raise ValueError("packed in more steps than are known")
    for _ in range(count):
        flags = tables.byte()
        method = tables.take(flags & 0xF)
        if flags & 0x10:
            raise ValueError("packed in a way that is not known")
        coders.append((method, tables.take(tables.number()) if flags & 0x20 else b""))
    # (what reads, whose output it reads): a chain, whichever way round it is written.
    pairs = {tables.number(): tables.number() for _ in range(count - 1)}
    chain = [at for at in range(count) if at not in pairs.values()][:1] or [0]
    while len(chain) < count and (before := pairs.get(chain[-1])) is not None:
        chain.append(before)
    if sorted(chain) != list(range(count)):
        raise ValueError("packed in a way that is not known")
    return [coders[at] for at in chain], chain[0]


def _members(tables: _Bytes, folders: list[Folder]) -> None:
    counts = [1] * len(folders)
    kind = tables.byte()
    if kind == _COUNT:
        counts = [tables.count() for _ in folders]
        kind = tables.byte()
    sizes: list[list[int]] = []
    for folder, count in zip(folders, counts, strict=True):
        some = [tables.number() for _ in range(count - 1)] if kind == _SIZE else []
        sizes.append([*some, folder.size - sum(some)] if count else [])
        if any(size < 0 for size in sizes[-1]):
            raise ValueError("its tables promise more than they hold")
    if kind == _SIZE:
        kind = tables.byte()
    whole = [
        folder.members[0][1] if count == 1 else None
        for folder, count in zip(folders, counts, strict=True)
    ]
    unknown = sum(count for count, crc in zip(counts, whole, strict=True) if crc is None)
    found: list[int | None] = [None] * unknown
    while kind != _END:
        if kind == _CRC:
            found = tables.checksums(unknown)
        kind = tables.byte()
    rest = iter(found)
    for folder, each, crc in zip(folders, sizes, whole, strict=True):
        folder.members = [(size, next(rest) if crc is None else crc) for size in each]


def _names(tables: _Bytes) -> list[str]:
    """The names of the members that have bytes, in order."""
    count = tables.count()
    empty, names = [False] * count, [""] * count
    while (kind := tables.number()) != _END:
        data = _Bytes(tables.take(tables.number()))
        if kind == _EMPTY:
            empty = data.bits(count)
        elif kind == _NAMES and not data.byte():
            names = data.rest().decode("utf-16-le", "replace").split("\0")[:count]
    return [name for name, none in zip(names, empty, strict=False) if not none]


class _Member(io.RawIOBase):
    """The bytes of one member, unpacked as they are read; its checksum is checked at its end."""

    def __init__(
        self, file: BinaryIO, folder: Folder, before: int, member: tuple[int, int | None]
    ) -> None:
        self._file, self._at = file, folder.start
        self._packed = folder.packed
        self._step = _decoder(folder.coders)
        self._left, self._crc = member
        self._seen = 0
        while before:
            before -= len(self._more(min(before, _CHUNK)))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        if not self._left:
            return 0
        data = self._more(min(len(view), self._left, _CHUNK))
        self._left -= len(data)
        self._seen = zlib.crc32(data, self._seen)
        if not self._left and self._crc is not None and self._seen != self._crc:
            raise ValueError("damaged: a checksum does not agree")
        view[: len(data)] = data
        return len(data)

    def _more(self, most: int) -> bytes:
        """Between 1 and `most` bytes; raises `EOFError` where they end too early."""
        while True:
            packed = b""
            if self._step.needs_input and self._packed:
                self._file.seek(self._at)
                packed = self._file.read(min(_CHUNK, self._packed))
                self._at += len(packed)
                self._packed -= len(packed)
            dry = self._step.needs_input and not packed
            data: bytes = self._step.decompress(packed, max_length=most)
            if data:
                return data
            if dry or self._step.eof:
                raise EOFError("cut short")


def _decoder(coders: list[tuple[bytes, bytes]]) -> Any:
    (method, properties), rest = coders[-1], coders[:-1]
    if method == _COPY and not rest:
        return _Copy()
    if method == _BZIP2 and not rest:
        return bz2.BZ2Decompressor()
    if method == _LZMA1 and len(properties) == 5:
        first, size = properties[0], struct.unpack("<I", properties[1:])[0]
        parts = {"lc": first % 9, "lp": first // 9 % 5, "pb": first // 45}
        last: dict[str, Any] = {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), **parts}
    elif method == _LZMA2 and len(properties) == 1 and properties[0] <= 40:
        size = (2 | properties[0] & 1) << (properties[0] // 2 + 11)
        last = {"id": lzma.FILTER_LZMA2, "dict_size": min(size, 0xFFFFFFFF)}
    else:
        what = "encrypted" if method == _AES else f"packed with method {method.hex()}"
        raise ValueError(f"{what}; only LZMA, LZMA2 and bzip2 are read: pack it again")
    if last["dict_size"] > DICTIONARY_BYTES:
        raise ValueError(f"unpacking it takes {last['dict_size']:,} bytes of memory")
    if any(each != _X86 for each, _ in rest):
        raise ValueError("packed in steps that are not known, or encrypted")
    filters = [*({"id": lzma.FILTER_X86} for _ in rest), last]
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)


class _Copy:
    """Bytes that are not packed at all."""

    eof = False

    def __init__(self) -> None:
        self._held = b""

    @property
    def needs_input(self) -> bool:
        return not self._held

    def decompress(self, data: bytes, max_length: int) -> bytes:
        data = self._held + data
        self._held = data[max_length:]
        return data[:max_length]
