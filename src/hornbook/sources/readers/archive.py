"""Reading the Python files of a wheel in memory. An archive is hostile until shown otherwise."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from pathlib import Path, PurePosixPath

from hornbook.records import Dropped
from hornbook.sources.licences import LICENCE_BYTES, is_licence_file, licence_of_texts
from hornbook.sources.pins import Pin
from hornbook.sources.text import Origin, Raw, Reading, drop

_ENCRYPTED = 0x1
_SMALL = 10_000
_METADATA_BYTES = 1_000_000
_LICENCE_FILES = 50
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What can be unpacked a little at a time. bzip2 and LZMA give all of a piece at once, gigabytes if
it holds them, before anyone could stop."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    IndexError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def read_archive(path: Path, pin: Pin, reading: Reading) -> Iterator[Raw | Dropped]:
    """A row for every .py member: its bytes, or why it was refused.

    Nothing is written to disk. A member is read up to the size limit and no further, whatever its
    header promises; archives within the archive are not opened.
    """
    whole = Origin("pypi", pin.name, pin.version, pin.file)
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        yield drop(whole, "bad-archive", str(error))
        return
    with archive:
        members = archive.infolist()
        allowed = reading.settings.max_members
        if len(members) > allowed:
            yield drop(whole, "too-many-members", f"{len(members):,}, {allowed:,} allowed")
            return
        licence = _licence(archive)
        if licence is None and reading.settings.licences:
            licence = _licence_of_files(archive)
        budget = reading.settings.max_archive_bytes
        for member in sorted(members, key=lambda member: member.filename):
            if not member.filename.endswith(".py"):
                continue
            origin = Origin("pypi", pin.name, pin.version, member.filename, licence)
            refusal = _refusal(member, origin, reading, budget)
            row = refusal or _read_member(archive, member, origin, reading.limit(origin))
            if isinstance(row, Raw):
                budget -= len(row.data)
            yield row


def _refusal(
    member: zipfile.ZipInfo, origin: Origin, reading: Reading, budget: int
) -> Dropped | None:
    """Why a member is not even opened, from what the archive's directory says of it."""
    path, limits = PurePosixPath(member.filename), reading.settings
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
        return drop(origin, "unsafe-path", "the member's name leads out of the archive")
    if member.flag_bits & _ENCRYPTED:
        return drop(origin, "encrypted", "the member needs a password")
    if member.compress_type not in _PACKINGS:
        return drop(origin, "unknown-packing", f"method {member.compress_type}, not deflate")
    # A few equal lines pack very well: small members are no bombs.
    if member.file_size > limits.max_ratio * max(member.compress_size, 1) + _SMALL:
        sizes = f"{member.file_size:,} from {member.compress_size:,} bytes"
        return drop(origin, "zip-bomb", sizes)
    if budget <= 0:
        return drop(origin, "archive-too-large", f"over {limits.max_archive_bytes:,} bytes in all")
    return None


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, origin: Origin, limit: int
) -> Raw | Dropped:
    try:
        with archive.open(member) as handle:
            return Raw(origin, handle.read(limit))
    except _DAMAGE as error:
        return drop(origin, "damaged-member", str(error))


def _licence_of_files(archive: zipfile.ZipFile) -> str | None:
    """What the licence files are that the wheel's metadata brings along."""
    texts: list[str] = []
    for member in archive.infolist():
        folder, _, name = member.filename.partition("/")
        if not folder.endswith(".dist-info") or not is_licence_file(name.rpartition("/")[2]):
            continue
        if member.compress_type not in _PACKINGS or len(texts) == _LICENCE_FILES:
            return None
        try:
            with archive.open(member) as handle:
                texts.append(handle.read(LICENCE_BYTES).decode("utf-8", "replace"))
        except _DAMAGE:
            return None
    return licence_of_texts(texts)


def _licence(archive: zipfile.ZipFile) -> str | None:
    """The licence as the wheel's metadata states it."""
    found = [
        member
        for member in archive.infolist()
        if member.filename.endswith(".dist-info/METADATA") and member.filename.count("/") == 1
    ]
    if not found or found[0].compress_type not in _PACKINGS:
        return None
    try:
        with archive.open(found[0]) as handle:
            headers = BytesHeaderParser().parsebytes(handle.read(_METADATA_BYTES))
    except _DAMAGE:
        return None
    stated = headers.get("License-Expression") or headers.get("License")
    words = str(stated or "").strip()
    if words and len(words) <= 60 and "\n" not in words:
        return words
    every = [str(c) for c in headers.get_all("Classifier", [])]
    classes = [c for c in every if c.startswith("License ::")]
    return classes[0].rsplit(" :: ", 1)[-1] if classes else None
