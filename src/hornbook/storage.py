"""Files: atomic writes, digests, and tables of records as Parquet shards.

A file appears under its name only when it is whole: bytes go to a temporary name in the same
folder, are flushed to the disk, and are moved into place. A reader therefore never meets half a
file of ours, whatever was killed.
"""

from __future__ import annotations

import dataclasses
import fcntl
import glob
import hashlib
import itertools
import json
import os
import shutil
import types
import typing
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from hornbook.errors import ConfigError, DamagedFileError

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_SHARD = 2000
"""Small enough that a shard is seconds of work, large enough that files stay few."""

RecordT = TypeVar("RecordT")


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for writing bytes; it appears, whole, when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    with atomic_file(path) as handle:
        handle.write(data)


def check_free(out: Path) -> None:
    """Raises `ConfigError` where `out` can't become a new folder."""
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise ConfigError(f"--out {out}: is there already and not empty; name another folder")
    above = next(parent for parent in out.absolute().parents if parent.exists())
    if not above.is_dir():
        raise ConfigError(f"--out {out}: {above} is a file, and no folder can be made below it")


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` to write in; it takes the name `out` when the block ends well.

    Whatever ends the block otherwise, Ctrl-C and a full disk included, leaves nothing behind; what a
    killed process could not clear away goes when the next one writes the same folder.
    Raises as `check_free` does.
    """
    check_free(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    for left in out.parent.glob(f".{glob.escape(out.name)}.*.tmp"):
        _clear_unless_held(left)
    temporary = out.parent / f".{out.name}.{os.getpid()}.tmp"
    temporary.mkdir()
    held = os.open(temporary, os.O_RDONLY)
    try:
        with suppress(OSError):  # Where a file system has no locks, nobody clears either.
            fcntl.flock(held, fcntl.LOCK_EX)
        yield temporary
        os.rename(temporary, out)
    finally:
        os.close(held)
        shutil.rmtree(temporary, ignore_errors=True)


def _clear_unless_held(folder: Path) -> None:
    """A lock ends with its process, however that ended."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return  # Somebody writes there.
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    write_bytes(path, (text + "\n").encode())


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise DamagedFileError(
            f"{path}: not valid JSON ({error}); delete it and run again"
        ) from error


def write_json_lines(path: Path, rows: Iterable[Any]) -> int:
    """Write one JSON object a line; returns the number of lines."""
    count = 0
    with atomic_file(path) as handle:
        for row in rows:
            is_record = dataclasses.is_dataclass(row) and not isinstance(row, type)
            value = dataclasses.asdict(row) if is_record else row
            handle.write((canonical_json(value) + "\n").encode())
            count += 1
    return count


def file_digest(path: Path) -> str:
    """The sha256 of a file, as hex digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digest(value: Any) -> str:
    """The sha256 of a JSON value's canonical form."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


_ARROW_NAMES = {str: "string", int: "int64", float: "float64", bool: "bool"}


def schema_of(record: type) -> pa.Schema:
    """The Arrow schema of a record type: its fields in order, optional ones nullable."""
    import pyarrow as pa

    fields = []
    for name, hint in typing.get_type_hints(record).items():
        options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        base = next(option for option in options if option is not type(None))
        nullable = type(None) in options
        fields.append(pa.field(name, pa.type_for_alias(_ARROW_NAMES[base]), nullable=nullable))
    return pa.schema(fields)


def write_rows(path: Path, record: type[RecordT], rows: Sequence[RecordT]) -> None:
    """Write `rows` as one zstd Parquet file. Equal rows give equal bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = schema_of(record)
    columns = [
        pa.array([getattr(row, field.name) for row in rows], type=field.type) for field in schema
    ]
    with atomic_file(path) as handle:
        pq.write_table(pa.Table.from_arrays(columns, schema=schema), handle, compression="zstd")


def streamed_rows(
    path: Path, record: type[RecordT], rows: Iterable[RecordT], group: int = 20_000
) -> int:
    """Write `rows` as one zstd Parquet file, `group` of them in memory at a time; returns how many."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, waiting, total = schema_of(record), iter(rows), 0
    with atomic_file(path) as handle, pq.ParquetWriter(handle, schema, compression="zstd") as file:
        while part := list(itertools.islice(waiting, group)):
            columns = [pa.array([getattr(r, f.name) for r in part], type=f.type) for f in schema]
            file.write_table(pa.Table.from_arrays(columns, schema=schema))
            total += len(part)
    return total


def write_shards(
    folder: Path,
    record: type[RecordT],
    rows: Iterable[RecordT],
    rows_per_shard: int = ROWS_PER_SHARD,
) -> int:
    """Write `rows` into `folder` as part-00000.parquet, ...; returns the number of rows.

    An empty table is one empty shard, so that "no rows" and "not written" differ.
    """
    folder.mkdir(parents=True, exist_ok=True)
    waiting: list[RecordT] = []
    total = shard = 0
    for row in rows:
        waiting.append(row)
        if len(waiting) == rows_per_shard:
            write_rows(shard_path(folder, shard), record, waiting)
            total, shard, waiting = total + len(waiting), shard + 1, []
    if waiting or shard == 0:
        write_rows(shard_path(folder, shard), record, waiting)
        shard += 1
    for stale in folder.glob("part-*.parquet"):
        if int(stale.stem.removeprefix("part-")) >= shard:
            stale.unlink()
    return total + len(waiting)


def shard_path(folder: Path, number: int) -> Path:
    return folder / f"part-{number:05d}.parquet"


def shards(folder: Path) -> list[Path]:
    """The shards of a table, in order."""
    return sorted(folder.glob("part-*.parquet"))


def count_rows(place: Path) -> int:
    """The rows of one shard, or of every shard of a folder."""
    import pyarrow.parquet as pq

    paths = [place] if place.is_file() else shards(place)
    return sum(int(pq.read_metadata(path).num_rows) for path in paths)


def read_rows(place: Path, record: type[RecordT]) -> Iterator[RecordT]:
    """The rows of one shard, or of every shard of a folder, in order.

    Raises `DamagedFileError` for a file that is cut short or has other columns.
    """
    for path in [place] if place.is_file() else shards(place):
        yield from _read_file(path, record)


def _read_file(path: Path, record: type[RecordT]) -> Iterator[RecordT]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [field.name for field in dataclasses.fields(typing.cast(Any, record))]
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=512, columns=names):
                for row in batch.to_pylist():
                    yield record(**row)
    except (pa.ArrowInvalid, OSError, TypeError) as error:
        raise DamagedFileError(f"{path}: {error}; delete its folder and run again") from error
