"""Facts about reading wheels that may be hostile."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hornbook.records import Dropped
from hornbook.sources.config import SourcesSettings
from hornbook.sources.pins import Pin
from hornbook.sources.readers.archive import read_archive
from hornbook.sources.text import Raw, Reading

PIN = Pin(name="demo", version="1", file="demo-1-py3-none-any.whl", sha256="0" * 64)
LIMITS = SourcesSettings(python=True, min_characters=5)
CODE = b"def f(x):\n    return x + 1\n"
CENTRAL = b"PK\x01\x02"


def wheel(
    tmp_path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED
) -> Path:
    path = tmp_path / "demo-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def read(path: Path, limits: SourcesSettings = LIMITS) -> list[Raw | Dropped]:
    return list(read_archive(path, PIN, Reading(limits)))


def reasons(rows: list[Raw | Dropped]) -> list[str]:
    return [row.reason for row in rows if isinstance(row, Dropped)]


def change(path: Path, *places: tuple[int, bytes]) -> None:
    """Overwrite bytes of a file."""
    data = bytearray(path.read_bytes())
    for place, new in places:
        data[place : place + len(new)] = new
    path.write_bytes(bytes(data))


def test_python_members_are_read_with_their_licence(tmp_path: Path) -> None:
    """A member keeps its bytes, and what the wheel's metadata says of it."""
    metadata = b"Metadata-Version: 2.1\nName: demo\nLicense-Expression: MIT\n\n"
    rows = read(
        wheel(tmp_path, {"a.py": CODE, "b.txt": CODE, "demo-1.dist-info/METADATA": metadata})
    )
    (row,) = rows
    assert isinstance(row, Raw)
    assert row.data == CODE
    origin = row.origin
    assert (origin.path, origin.licence, origin.collection, origin.version, origin.source) == (
        "a.py", "MIT", "demo", "1", "pypi",
    )  # fmt: skip


def test_a_licence_from_the_classifiers_and_one_in_odd_letters(tmp_path: Path) -> None:
    """A header in no known encoding is read as it can be, and stops nothing."""
    metadata = (
        b"License: \xff\xfe"
        + b"x" * 80
        + b"\nClassifier: License :: OSI Approved :: BSD License\n\n"
    )
    rows = read(wheel(tmp_path, {"a.py": CODE, "demo-1.dist-info/METADATA": metadata}))
    assert isinstance(rows[0], Raw)
    assert rows[0].origin.licence == "BSD License"


def test_licence_files_count_where_a_licence_is_asked_for(tmp_path: Path) -> None:
    """A wheel that states none is known by the texts it brings; nothing changes without a list."""
    mit = (
        b"Permission is hereby granted, free of charge, to any person obtaining a copy. The above"
        b" copyright notice and this permission notice shall be included in all copies."
    )
    path = wheel(
        tmp_path,
        {
            "a.py": CODE,
            "demo-1.dist-info/METADATA": b"Name: demo\n\n",
            "demo-1.dist-info/licenses/LICENSE": mit,
        },
    )
    asked = LIMITS.model_copy(update={"licences": ("permissive",)})
    for limits, licence in ((LIMITS, None), (asked, "MIT")):
        (row,) = read(path, limits)
        assert isinstance(row, Raw)
        assert row.origin.licence == licence


def test_a_zip_bomb_is_refused_unread(tmp_path: Path) -> None:
    """A member that unpacks to a multiple of itself is dropped, and the next one is read."""
    rows = read(wheel(tmp_path, {"bomb.py": b"#" * 50_000_000, "a.py": CODE}))
    assert reasons(rows) == ["zip-bomb"]
    assert [row.data for row in rows if isinstance(row, Raw)] == [CODE]


def test_a_member_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    """One byte over the limit is read, to know that there are more."""
    rows = read(wheel(tmp_path, {"a.py": b"x = 1\n" * 200_000}, zipfile.ZIP_STORED))
    assert isinstance(rows[0], Raw)
    assert len(rows[0].data) == LIMITS.max_bytes + 1


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_that_lies_about_its_size_gives_no_text(tmp_path: Path, compression: int) -> None:
    """The header says 10 bytes and passes for no bomb; the data says otherwise and is dropped."""
    path = wheel(tmp_path, {"a.py": b"x = 1\n" * 2_000_000, "b.py": CODE}, compression)
    size = (12_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (10).to_bytes(4, "little")))
    rows = read(path)
    assert reasons(rows) == ["damaged-member"]
    assert [row.data for row in rows if isinstance(row, Raw)] == [CODE]


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_unpacks_at_once_is_not_opened(tmp_path: Path, compression: int) -> None:
    """A few bytes of bzip2 or LZMA may hold gigabytes: neither code nor metadata is read."""
    path = wheel(tmp_path, {"a.py": b"#" * 90_000_000}, compression)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("b.py", CODE)
        archive.writestr("demo-1.dist-info/METADATA", b"License: MIT\n\n", compression)
    size = (90_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (10).to_bytes(4, "little")))
    first, second = read(path)
    assert isinstance(first, Dropped)
    assert first.reason == "unknown-packing"
    assert isinstance(second, Raw)
    assert second.origin.licence is None


def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path) -> None:
    """Absolute names, names that climb and names with backslashes are dropped."""
    rows = read(wheel(tmp_path, {"../up.py": CODE, "/abs.py": CODE, "a\\b.py": CODE}))
    assert reasons(rows) == ["unsafe-path"] * 3
    assert {path.name for path in tmp_path.iterdir()} == {"demo-1-py3-none-any.whl"}


def test_an_archive_in_the_archive_is_not_opened(tmp_path: Path) -> None:
    """Code inside an inner archive is never seen, and an inner archive called .py is no text."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("hidden.py", CODE)
    members = {"inner.zip": inner.getvalue(), "trick.py": inner.getvalue(), "a.py": CODE}
    rows = read(wheel(tmp_path, members))
    assert [row.origin.path for row in rows if isinstance(row, Raw)] == ["a.py", "trick.py"]
    assert isinstance(rows[1], Raw)
    assert rows[1].data == inner.getvalue()


def test_too_many_members_and_too_many_bytes_are_refused(tmp_path: Path) -> None:
    """An archive of too many members is refused whole, one of too many bytes from there on."""
    path = wheel(tmp_path, {f"m{n}.py": CODE for n in range(9)})
    assert reasons(read(path, LIMITS.model_copy(update={"max_members": 8}))) == ["too-many-members"]
    assert reasons(read(path, LIMITS.model_copy(update={"max_members": 9}))) == []
    small = LIMITS.model_copy(update={"max_archive_bytes": len(CODE) * 3})
    assert reasons(read(path, small)) == ["archive-too-large"] * 6


def test_a_damaged_archive_and_a_damaged_member_are_rows_with_reasons(tmp_path: Path) -> None:
    """Damage costs what it hit and nothing else."""
    path = wheel(tmp_path, {"a.py": CODE * 50, "b.py": CODE})
    change(path, (45, b"\xff\xff"))
    rows = read(path)
    assert reasons(rows) == ["damaged-member"]
    assert [row.origin.path for row in rows if isinstance(row, Raw)] == ["b.py"]
    path.rename(tmp_path / "cached")
    (tmp_path / "cached").write_bytes(b"not a zip")
    (row,) = read(tmp_path / "cached")
    assert isinstance(row, Dropped)
    assert (row.reason, row.path) == ("bad-archive", PIN.file)


def test_an_archive_of_a_later_format_is_a_row_with_a_reason(tmp_path: Path) -> None:
    """A directory entry that asks for version 9.9 of the format stops nothing."""
    path = wheel(tmp_path, {"a.py": CODE})
    change(path, (path.read_bytes().index(CENTRAL) + 6, bytes([99])))
    assert reasons(read(path)) == ["bad-archive"]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    """A member that needs a password is dropped, and the next one is read."""
    path = wheel(tmp_path, {"a.py": CODE, "b.py": CODE}, zipfile.ZIP_STORED)
    directory = path.read_bytes().index(CENTRAL)
    change(path, (6, b"\x01"), (directory + 8, b"\x01"))
    rows = read(path)
    assert reasons(rows) == ["encrypted"]
    assert [row.origin.path for row in rows if isinstance(row, Raw)] == ["b.py"]


def test_a_wanted_member_is_read_whole(tmp_path: Path) -> None:
    """What an annotation refers to is read beyond the limit of a document."""
    data = b"x = 1\n" * 100_000
    path = wheel(tmp_path, {"a.py": data, "b.py": data}, zipfile.ZIP_STORED)
    reading = Reading(LIMITS, frozenset({("demo", "a.py")}))
    sizes = [len(row.data) for row in read_archive(path, PIN, reading) if isinstance(row, Raw)]
    assert sizes == [len(data), LIMITS.max_bytes + 1]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 499), st.integers(0, 255)), min_size=1, max_size=4))
def test_no_damage_stops_the_reading(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    """Whatever bytes of a wheel are changed, it gives rows and reasons, never an exception."""
    path = wheel(
        tmp_path,
        {"a.py": CODE * 9, "b.py": b"y = 1\n" * 90, "demo-1.dist-info/METADATA": b"License: MIT\n"},
    )
    data = bytearray(path.read_bytes())
    for place, value in changes:
        data[place * len(data) // 500] = value
    path.write_bytes(bytes(data))
    for row in read(path):
        assert isinstance(row, Raw) or row.reason
