"""Facts about archives in 7z format; those in `archives/` were made by py7zr, each in another way."""

from __future__ import annotations

import lzma
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hornbook.sources.readers.sevenzip import MAGIC, SevenZip

ARCHIVES = Path(__file__).parent / "archives"
POSTS = (ARCHIVES / "Posts.xml").read_bytes()


def member(path: Path, name: str = "Posts.xml", max_ratio: float = 200) -> bytes:
    with SevenZip(path) as archive:
        handle, size = archive.open(name, max_ratio)
        data = handle.read()
    assert len(data) == size
    return data


@pytest.mark.parametrize("packing", ["lzma", "lzma2", "bzip2", "copy", "bcj_lzma2"])
def test_a_member_is_had_as_it_was(packing: str) -> None:
    """Behind another member, beside an empty one, in each way of packing."""
    assert member(ARCHIVES / f"{packing}.7z") == POSTS
    assert member(ARCHIVES / f"{packing}.7z", "Votes.xml") == b"<votes/>" * 50


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        ("ppmd", "packed with method 030401; only LZMA, LZMA2 and bzip2 are read"),
        ("encrypted", "encrypted; only LZMA"),
    ],
)
def test_what_cannot_be_unpacked_is_said(archive: str, message: str) -> None:
    """The error names the packing, and that there is another way."""
    with pytest.raises(ValueError, match=message):
        member(ARCHIVES / f"{archive}.7z")


def test_a_missing_member_and_a_bomb_are_refused() -> None:
    """What is not there, and what unpacks to more than it may."""
    with pytest.raises(ValueError, match=r"no Users\.xml in it"):
        member(ARCHIVES / "lzma.7z", "Users.xml")
    with pytest.raises(ValueError, match="as in a bomb; raise"):
        member(ARCHIVES / "lzma.7z", max_ratio=0.001)


def test_a_changed_byte_of_the_content_is_seen(tmp_path: Path) -> None:
    """The archive's own checksum is checked when the last byte is read."""
    data = bytearray((ARCHIVES / "copy.7z").read_bytes())
    data[data.index(b"sort")] ^= 1
    (tmp_path / "a.7z").write_bytes(data)
    with pytest.raises(ValueError, match="a checksum does not agree"):
        member(tmp_path / "a.7z")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["lzma", "bzip2", "bcj_lzma2", "copy"]),
    st.integers(0, 5_000),
    st.integers(1, 255),
    st.booleans(),
)
def test_damage_anywhere_is_a_clear_error(
    tmp_path: Path, packing: str, at: int, change: int, cut: bool
) -> None:
    """Whatever byte is changed or wherever it is cut: the right bytes, or an error that is ours."""
    data = bytearray((ARCHIVES / f"{packing}.7z").read_bytes())
    at %= len(data)
    data[at] ^= change
    (tmp_path / "a.7z").write_bytes(data[:at] if cut else data)
    try:
        assert member(tmp_path / "a.7z") == POSTS
    except (ValueError, EOFError, OSError, lzma.LZMAError):
        return


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
def test_tables_may_say_anything(tmp_path: Path, tables: bytes) -> None:
    """Tables with the right checksum and any content lead to an error, and soon."""
    tables = b"\x01\x04\x06" + tables
    start = struct.pack("<QQI", 0, len(tables), zlib.crc32(tables))
    head = MAGIC + b"\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start
    (tmp_path / "a.7z").write_bytes(head + tables)
    with pytest.raises((ValueError, EOFError, OSError, lzma.LZMAError)):
        member(tmp_path / "a.7z")
