"""One file that carries an evaluation: problems, generations, verdicts, conditions, hashes.

A zip with sorted names and fixed times, so equal contents give equal bytes. What reads one trusts
nothing in it: `opened` takes the five known names and no other, within stated sizes, and reads them
in place; nothing is unpacked.
"""

from __future__ import annotations

import hashlib
import json
import platform
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import hornbook
from hornbook.errors import ResourceError, SourceError
from hornbook.evaluate.rows import line_of
from hornbook.evaluate.samples import Sample
from hornbook.evaluate.summary import RESAMPLES, SEED
from hornbook.json_lines import json_rows
from hornbook.records import Problem
from hornbook.storage import atomic_file, canonical_json

FORMAT = "hornbook-bundle-1"
MANIFEST, SUMMARY = "manifest.json", "summary.json"
PROBLEMS, SAMPLES, VERDICTS = "problems.jsonl", "samples.jsonl", "verdicts.jsonl"
GB = 1 << 30
SIZES = {MANIFEST: 1 << 20, SUMMARY: 64 << 20, PROBLEMS: 1 * GB, SAMPLES: 8 * GB, VERDICTS: 8 * GB}
"""How large each part may be, unpacked."""
ZIP_BYTES = 4 * GB - 1
DIRECTORY_BYTES = 4096
_TIME = (1980, 1, 1, 0, 0, 0)
_END, _END_BYTES, _END64 = b"PK\x05\x06", 22, b"PK\x06\x07"
_PIECE = 1 << 20
_COLUMNS = tuple(field.name for field in fields(Problem) if field.name != "trusted")


def write_bundle(
    path: Path,
    problems: Iterable[Problem],
    samples: Iterable[Sample],
    verdicts: Path,
    summary: Mapping[str, Any],
) -> None:
    """Write a bundle; it appears when it is whole. Raises `ResourceError` where it grows too large."""
    parts: dict[str, Callable[[], Iterator[bytes]]] = {
        PROBLEMS: lambda: (_problem_line(problem) for problem in problems),
        SAMPLES: lambda: (_sample_line(sample) for sample in samples),
        SUMMARY: lambda: iter([_json(summary)]),
        VERDICTS: lambda: _pieces(verdicts),
    }
    hashes: dict[str, str] = {}
    with atomic_file(path) as handle, zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(parts):
            hashes[name] = _store(bundle, name, parts[name]())
        about = {
            "format": FORMAT,
            "hashes": hashes,
            "program": hornbook.__version__,
            "python": platform.python_version(),
            "seed": SEED,
            "resamples": RESAMPLES,
            "asked": summary["asked"],
            "had": summary["had"],
        }
        _store(bundle, MANIFEST, iter([_json(about)]))
        if handle.tell() > ZIP_BYTES - DIRECTORY_BYTES:
            raise ResourceError(f"{path}: a bundle has under 4 GB; split the samples into parts")


def _store(bundle: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> str:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type, info.create_system, info.external_attr = (
        zipfile.ZIP_DEFLATED,
        3,
        0o644 << 16,
    )
    whole = hashlib.sha256()
    with bundle.open(info, "w", force_zip64=True) as part:
        for piece in pieces:
            whole.update(piece)
            part.write(piece)
    return whole.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while piece := handle.read(_PIECE):
            yield piece


def _problem_line(problem: Problem) -> bytes:
    row = asdict(problem)
    return line_of({name: row[name] for name in _COLUMNS})


def _sample_line(sample: Sample) -> bytes:
    return line_of({"task_id": sample.task_id, sample.field: sample.text})


def _json(value: Mapping[str, Any]) -> bytes:
    return (canonical_json(value) + "\n").encode()


class Bundle:
    """An open bundle: its parts can be read again and again."""

    def __init__(self, path: Path, file: zipfile.ZipFile) -> None:
        self.path = path
        self._file = file
        self.manifest = self._object(MANIFEST)
        self._check()
        self.summary = self._object(SUMMARY)

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self._file.open(name))

    def problems(self) -> list[Problem]:
        """Strictly typed. Their tests are a stranger's: none is `trusted`."""
        found = []
        for line, row in json_rows(f"{self.path}/{PROBLEMS}", lambda: self.open(PROBLEMS)):
            floats = type(row.get("atol")) in (int, float)
            texts = all(isinstance(row.get(n), str) for n in _COLUMNS if n != "atol")
            if set(row) != set(_COLUMNS) or not texts or not floats:
                raise SourceError(f"{self.path}/{PROBLEMS}:{line}: not a problem of this version")
            found.append(Problem(**row))
        if not found or len({p.task_id for p in found}) < len(found):
            raise SourceError(f"{self.path}/{PROBLEMS}: no problems, or one twice")
        return found

    def _check(self) -> None:
        """Every part has the hash that the manifest gives."""
        hashes = self.manifest.get("hashes")
        if self.manifest.get("format") != FORMAT or not isinstance(hashes, dict):
            raise SourceError(f"{self.path}: not a bundle of this version")
        for name in (PROBLEMS, SAMPLES, SUMMARY, VERDICTS):
            whole = hashlib.sha256()
            with self._reading(name), self.open(name) as part:
                while piece := part.read(_PIECE):
                    whole.update(piece)
            if whole.hexdigest() != hashes.get(name):
                raise SourceError(
                    f"{self.path}: {name} is not what the manifest says (sha256 differs)"
                )

    def _object(self, name: str) -> dict[str, Any]:
        with self._reading(name), self.open(name) as part:
            value = json.loads(part.read(SIZES[name]).decode("utf-8"))
            if not isinstance(value, dict):
                raise ValueError("not an object")
            return value

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            raise SourceError(f"{self.path}: {name} is damaged ({error})") from error


_DAMAGE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RecursionError,
    NotImplementedError, RuntimeError, KeyError,
)  # fmt: skip


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """A bundle whose names, sizes and hashes are right. Raises `SourceError` for all else."""
    if not path.is_file():
        raise SourceError(f"{path}: no such file; give a bundle that `--bundle` wrote")
    with path.open("rb") as handle:
        _check_directory(path, handle)
        try:
            file = zipfile.ZipFile(handle)
        except _DAMAGE as error:
            raise SourceError(f"{path}: not a zip file, or a damaged one ({error})") from error
        with file:
            _check_names(path, file.infolist())
            yield Bundle(path, file)


def _check_directory(path: Path, handle: IO[bytes]) -> None:
    """The list of names is small, before anything reads it."""
    size = handle.seek(0, 2)
    if size > ZIP_BYTES:
        raise SourceError(f"{path}: larger than {ZIP_BYTES // GB} GB")
    handle.seek(max(0, size - _END_BYTES - len(_END64) - 16))
    tail = handle.read()
    end = tail[-_END_BYTES:]
    if not end.startswith(_END) or end[20:22] != b"\0\0":
        raise SourceError(f"{path}: not a bundle (no zip file's end)")
    names, directory = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    long = tail[:-_END_BYTES].startswith(_END64)
    if long or names != len(SIZES) or directory > DIRECTORY_BYTES:
        raise SourceError(f"{path}: not a bundle ({names} names in it, {len(SIZES)} expected)")


def _check_names(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    if sorted(part.filename for part in parts) != sorted(SIZES):
        raise SourceError(f"{path}: not a bundle; it holds exactly {', '.join(sorted(SIZES))}")
    for part in parts:
        if part.flag_bits & 1 or part.compress_type != zipfile.ZIP_DEFLATED:
            raise SourceError(f"{path}: {part.filename} is encrypted or packed in another way")
        if part.file_size > SIZES[part.filename]:
            raise SourceError(
                f"{path}: {part.filename} has {part.file_size:,} bytes,"
                f" {SIZES[part.filename]:,} at most"
            )
