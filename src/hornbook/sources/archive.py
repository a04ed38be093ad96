"""Reading the Python files of a wheel in memory. An archive is hostile until shown otherwise."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from pathlib import Path, PurePosixPath

from hornbook.records import Document, Dropped
from hornbook.sources.config import SourcesSettings
from hornbook.sources.text import Origin, drop, read_text

_ENCRYPTED = 0x1
_METADATA_BYTES = 1_000_000


def read_archive(
    path: Path, collection: str, version: str, limits: SourcesSettings
) -> Iterator[Document | Dropped]:
    """A row for every .py member: the document, or why it was refused.

    Nothing is written to disk. A member is read up to the size limit and no further, whatever its
    header promises; archives within the archive are not opened.
    """
    whole = Origin("pypi", collection, version, path.name)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        yield drop(whole, "bad-archive", str(error))
        return
    with archive:
        members = archive.infolist()
        if len(members) > limits.max_members:
            yield drop(
                whole, "too-many-members", f"{len(members):,}, {limits.max_members:,} allowed"
            )
            return
        licence = _licence(archive)
        budget = limits.max_archive_bytes
        for member in sorted(members, key=lambda m: m.filename):
            if member.is_dir() or not member.filename.endswith(".py"):
                continue
            origin = Origin("pypi", collection, version, member.filename, licence)
            row, used = _read_member(archive, member, origin, limits, budget)
            budget -= used
            yield row


def _read_member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    origin: Origin,
    limits: SourcesSettings,
    budget: int,
) -> tuple[Document | Dropped, int]:
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
        return drop(origin, "unsafe-path", "the member's name leads out of the archive"), 0
    if member.flag_bits & _ENCRYPTED:
        return drop(origin, "encrypted", "the member needs a password"), 0
    if member.file_size > limits.max_ratio * max(member.compress_size, 1) + 10_000:
        return drop(
            origin, "zip-bomb", f"{member.file_size:,} from {member.compress_size:,} bytes"
        ), 0
    if budget <= 0:
        return drop(
            origin, "archive-too-large", f"over {limits.max_archive_bytes:,} bytes in all"
        ), 0
    try:
        with archive.open(member) as handle:
            data = handle.read(limits.max_bytes + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        ValueError,
    ) as error:
        return drop(origin, "damaged-member", str(error)), 0
    return read_text(data, origin, limits), len(data)


def _licence(archive: zipfile.ZipFile) -> str | None:
    """The licence as the wheel's metadata states it."""
    names = [
        n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1
    ]
    if not names:
        return None
    try:
        with archive.open(names[0]) as handle:
            headers = BytesHeaderParser().parsebytes(handle.read(_METADATA_BYTES))
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, ValueError):
        return None
    stated = headers.get("License-Expression") or headers.get("License")
    if stated and len(stated) <= 60 and "\n" not in stated.strip():
        return str(stated).strip()
    classes = [c for c in headers.get_all("Classifier", []) if c.startswith("License ::")]
    return classes[0].rsplit(" :: ", 1)[-1] if classes else None
