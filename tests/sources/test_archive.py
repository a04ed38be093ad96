from __future__ import annotations

import io
import zipfile
from pathlib import Path

from hornbook.records import Document, Dropped
from hornbook.sources.archive import read_archive
from hornbook.sources.config import SourcesSettings

LIMITS = SourcesSettings(python=True, min_characters=5)
CODE = b"def f(x):\n    return x + 1\n"


def wheel(
    tmp_path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED
) -> Path:
    path = tmp_path / "demo-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def read(path: Path, limits: SourcesSettings = LIMITS) -> list[Document | Dropped]:
    return list(read_archive(path, "demo", "1", limits))


def reasons(rows: list[Document | Dropped]) -> list[str]:
    return [row.reason for row in rows if isinstance(row, Dropped)]


def test_python_members_become_documents_with_their_licence(tmp_path: Path) -> None:
    metadata = b"Metadata-Version: 2.1\nName: demo\nLicense-Expression: MIT\n\n"
    rows = read(
        wheel(tmp_path, {"a.py": CODE, "b.txt": CODE, "demo-1.dist-info/METADATA": metadata})
    )
    assert [
        (r.path, r.licence, r.collection, r.version) for r in rows if isinstance(r, Document)
    ] == [("a.py", "MIT", "demo", "1")]


def test_a_licence_from_the_classifiers_and_one_in_odd_letters(tmp_path: Path) -> None:
    """A header in no known encoding is read as it can be, and stops nothing."""
    metadata = (
        b"License: \xff\xfe"
        + b"x" * 80
        + b"\nClassifier: License :: OSI Approved :: BSD License\n\n"
    )
    rows = read(wheel(tmp_path, {"a.py": CODE, "demo-1.dist-info/METADATA": metadata}))
    assert isinstance(rows[0], Document)
    assert rows[0].licence == "BSD License"


def test_a_zip_bomb_is_refused_unread(tmp_path: Path) -> None:
    rows = read(wheel(tmp_path, {"bomb.py": b"#" * 50_000_000, "a.py": CODE}))
    assert reasons(rows) == ["zip-bomb"]
    assert sum(isinstance(row, Document) for row in rows) == 1


def test_a_member_that_lies_about_its_size_is_read_no_further_than_the_limit(
    tmp_path: Path,
) -> None:
    """The header says 10 bytes, the data says otherwise."""
    path = wheel(tmp_path, {"a.py": b"x = 1\n" * 200_000}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    size = (1_200_000).to_bytes(4, "little")
    data = bytearray(bytes(data).replace(size, (10).to_bytes(4, "little")))
    path.write_bytes(bytes(data))
    rows = read(path)
    assert len(rows) == 1
    assert isinstance(rows[0], Dropped)


def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path) -> None:
    rows = read(wheel(tmp_path, {"../up.py": CODE, "/abs.py": CODE, "a\\b.py": CODE}))
    assert reasons(rows) == ["unsafe-path"] * 3


def test_an_archive_in_the_archive_is_not_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("hidden.py", CODE)
    assert read(wheel(tmp_path, {"inner.zip": inner.getvalue(), "a.py": CODE}))[0].path == "a.py"


def test_too_many_members_and_too_many_bytes_are_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path, {f"m{n}.py": CODE for n in range(9)})
    assert reasons(read(path, LIMITS.model_copy(update={"max_members": 8}))) == ["too-many-members"]
    small = LIMITS.model_copy(update={"max_archive_bytes": len(CODE) * 3})
    assert reasons(read(path, small)) == ["archive-too-large"] * 6


def test_a_damaged_archive_and_a_damaged_member_are_rows_with_reasons(tmp_path: Path) -> None:
    path = wheel(tmp_path, {"a.py": CODE * 50})
    data = bytearray(path.read_bytes())
    data[45] ^= 0xFF
    path.write_bytes(bytes(data))
    assert reasons(read(path)) == ["damaged-member"]
    path.write_bytes(b"not a zip")
    assert reasons(read(path)) == ["bad-archive"]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path, {"a.py": CODE}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    path.write_bytes(bytes(data))
    assert reasons(read(path)) == ["encrypted"]
