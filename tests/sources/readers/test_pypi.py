"""Facts about downloading wheels, from a package index on this machine."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import NetworkError
from hornbook.records import Document, Dropped
from hornbook.sources import SourcesSettings, run
from hornbook.sources.pins import Pin
from hornbook.sources.readers.pypi import cached, fetch, is_wheel
from hornbook.stages import StageContext
from hornbook.storage import read_rows

CODE = "".join(f"def f_{n}(x):\n    return x + {n}\n\n\n" for n in range(9))


@dataclass
class Index:
    """What the index has, what it was asked for, and which files it sends but half of."""

    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)

    def downloads(self) -> list[str]:
        return [path.rsplit("/", 1)[1] for path in self.requests if path.startswith("/files/")]

    def wheel(self, name: str, tag: str = "py3-none-any") -> Pin:
        """Put a wheel into the index and return its pin."""
        buffer = io.BytesIO()
        info = f"{name}-1.0.dist-info"
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(f"{name}.py", CODE.replace("f_", f"{name}_"))
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nLicense: MIT\n"
            archive.writestr(f"{info}/METADATA", metadata)
            archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
            archive.writestr(f"{info}/RECORD", "")
        return self.add(name, f"{name}-1.0-{tag}.whl", buffer.getvalue())

    def sdist(self, name: str, marker: Path) -> Pin:
        """Put an sdist into the index whose every step of a build leaves a mark."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for path, text in {
                "setup.py": f"open({str(marker)!r}, 'w').close()\n",
                "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            }.items():
                member = tarfile.TarInfo(f"{name}-1.0/{path}")
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text.encode()))
        return self.add(name, f"{name}-1.0.tar.gz", buffer.getvalue())

    def add(self, name: str, file: str, data: bytes) -> Pin:
        self.files[file] = data
        sha256 = hashlib.sha256(data).hexdigest()
        return Pin(name=name, version="1.0", file=file, sha256=sha256)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    state = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append(self.path)
            place, name = self.path.rstrip("/").rsplit("/", 1)
            if place == "/simple":
                links = [file for file in state.files if file.startswith(f"{name}-")]
                body = "".join(f'<a href="/files/{f}">{f}</a>' for f in links).encode()
            else:
                body = state.files[name]
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if place == "/simple" else "binary/data")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if name in state.cut else body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_address[1]}/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def silent(done: int, total: int) -> None:
    return None


def as_list(folder: Path, *pins: Pin) -> Path:
    """A list of wheels as a user writes it."""
    path = folder / "wheels.toml"
    keys = ("name", "version", "file", "sha256")
    path.write_text(
        "".join(
            "[[wheel]]\n" + "".join(f'{key} = "{getattr(pin, key)}"\n' for key in keys)
            for pin in pins
        )
    )
    return path


def test_a_wheel_is_downloaded_once_and_then_found_in_the_cache(
    index: Index, tmp_path: Path
) -> None:
    """The second time the index is not even asked."""
    pin = index.wheel("demo")
    told: list[tuple[int, int]] = []
    found = fetch([pin], tmp_path, lambda done, total: told.append((done, total)))
    assert found[pin.sha256].read_bytes() == index.files[pin.file]
    assert told == [(0, 1), (1, 1)]
    asked = len(index.requests)
    assert fetch([pin], tmp_path, silent) == found
    assert len(index.requests) == asked


def test_an_interrupted_download_leaves_no_entry_and_can_be_repeated(
    index: Index, tmp_path: Path
) -> None:
    """Half a file is never taken for a whole one; the error says what to do."""
    pin = index.wheel("demo")
    index.cut = {pin.file}
    with pytest.raises(NetworkError, match=r"demo 1\.0.*run the same command again"):
        fetch([pin], tmp_path, silent)
    assert [path.name for path in tmp_path.rglob("*")] == ["wheels"]
    index.cut = set()
    assert fetch([pin], tmp_path, silent)[pin.sha256].exists()


def test_the_second_try_goes_on_from_what_was_had(index: Index, tmp_path: Path) -> None:
    """Only what is missing is named, and only that is downloaded again."""
    first, second = index.wheel("one"), index.wheel("two", "py2.py3-none-any")
    index.cut = {second.file}
    with pytest.raises(NetworkError, match=r"could not download two 1\.0:"):
        fetch([first, second], tmp_path, silent)
    assert cached(first, tmp_path) is not None
    assert cached(second, tmp_path) is None
    index.cut = set()
    index.requests.clear()
    found = fetch([first, second], tmp_path, silent)
    assert index.downloads() == [second.file]
    assert [path.read_bytes() for path in found.values()] == [
        index.files[first.file], index.files[second.file],
    ]  # fmt: skip


def test_a_wheel_with_another_hash_is_refused(index: Index, tmp_path: Path) -> None:
    """A file that is not the pinned one never enters the cache."""
    pin = index.wheel("demo").model_copy(update={"sha256": "0" * 64})
    with pytest.raises(NetworkError, match=r"could not download demo 1\.0"):
        fetch([pin], tmp_path, silent)
    assert index.downloads() == [pin.file]
    assert list((tmp_path / "wheels").iterdir()) == []


def test_a_spoilt_cache_entry_is_thrown_away(index: Index, tmp_path: Path) -> None:
    """The cache is checked by hash at every use."""
    pin = index.wheel("demo")
    entry = tmp_path / "wheels" / f"{pin.sha256}.whl"
    entry.parent.mkdir()
    entry.write_bytes(b"spoilt")
    assert cached(pin, tmp_path) is None
    assert not entry.exists()


def test_an_sdist_in_the_list_is_dropped_and_never_built(index: Index, tmp_path: Path) -> None:
    """The wheel beside it is read; the sdist is not even downloaded."""
    marker = tmp_path / "built"
    wheel, sdist = index.wheel("good"), index.sdist("evil", marker)
    assert (is_wheel(wheel), is_wheel(sdist)) == (True, False)
    out = tmp_path / "out"
    out.mkdir()
    settings = SourcesSettings(pypi=str(as_list(tmp_path, sdist, wheel)))
    counts = run(StageContext(out, {}, seed=1, cache=tmp_path / "cache"), settings).counts
    assert (counts["documents"].rows_in, counts["documents"].dropped) == (2, {"no-wheel": 1})
    assert [(row.collection, row.path) for row in read_rows(out / "dropped", Dropped)] == [
        ("evil", "evil-1.0.tar.gz")
    ]
    (row,) = read_rows(out / "documents", Document)
    assert (row.source, row.collection, row.version, row.path, row.licence) == (
        "pypi", "good", "1.0", "good.py", "MIT",
    )  # fmt: skip
    assert index.downloads() == [wheel.file]
    assert not marker.exists()


def test_an_index_with_an_sdist_alone_builds_nothing(index: Index, tmp_path: Path) -> None:
    """Where the pinned wheel is not to be had, the sdist of that name is no substitute."""
    marker = tmp_path / "built"
    sdist = index.sdist("evil", marker)
    pin = sdist.model_copy(update={"file": "evil-1.0-py3-none-any.whl"})
    with pytest.raises(NetworkError, match=r"could not download evil 1\.0"):
        fetch([pin], tmp_path, silent)
    assert not marker.exists()
    assert index.downloads() == []


def test_an_index_that_is_not_there_is_a_network_error(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closed port ends with the reason of the one who was asked."""
    pin = index.wheel("demo")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(NetworkError, match=r"demo 1\.0: .+ Check the network"):
        fetch([pin], tmp_path, silent)
