from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import NetworkError
from hornbook.sources.pins import Pin, load_pins
from hornbook.sources.pypi import cached, fetch

NAME = "hornbookdemo-1.0-py3-none-any.whl"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hornbookdemo.py", "def f():\n    return 1\n")
        archive.writestr(
            "hornbookdemo-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: hornbookdemo\nVersion: 1.0\n",
        )
        archive.writestr(
            "hornbookdemo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"
        )
        archive.writestr("hornbookdemo-1.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def index(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A package index on this machine, with one wheel; counts what it is asked for."""
    state: dict[str, Any] = {"requests": [], "cut": False}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state["requests"].append(self.path)
            data = wheel.read_bytes()
            page = self.path.rstrip("/").endswith("hornbookdemo")
            body = f'<a href="/files/{NAME}">{NAME}</a>'.encode() if page else data
            if not page and not self.path.endswith(NAME):
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if page else "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if state["cut"] and not page else body)

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


def pin_of(wheel: Path) -> Pin:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Pin(name="hornbookdemo", version="1.0", file=NAME, sha256=digest)


def silent(done: int, total: int) -> None:
    return None


def test_a_wheel_is_downloaded_once_and_then_found_in_the_cache(
    wheel: Path, index: dict[str, Any], tmp_path: Path
) -> None:
    pin, cache = pin_of(wheel), tmp_path / "cache"
    found = fetch([pin], cache, silent)
    assert found[pin.sha256].read_bytes() == wheel.read_bytes()
    asked = len(index["requests"])
    fetch([pin], cache, silent)
    assert len(index["requests"]) == asked


def test_an_interrupted_download_leaves_no_entry_and_can_be_repeated(
    wheel: Path, index: dict[str, Any], tmp_path: Path
) -> None:
    pin, cache = pin_of(wheel), tmp_path / "cache"
    index["cut"] = True
    with pytest.raises(NetworkError, match=r"hornbookdemo 1\.0.*run the same command again"):
        fetch([pin], cache, silent)
    assert list((cache / "wheels").iterdir()) == []
    index["cut"] = False
    assert fetch([pin], cache, silent)[pin.sha256].exists()


def test_a_file_with_another_hash_is_refused(
    wheel: Path, index: dict[str, Any], tmp_path: Path
) -> None:
    pin = pin_of(wheel).model_copy(update={"sha256": "0" * 64})
    with pytest.raises(NetworkError, match="hornbookdemo"):
        fetch([pin], tmp_path / "cache", silent)


def test_a_spoilt_cache_entry_is_thrown_away(wheel: Path, tmp_path: Path) -> None:
    pin = pin_of(wheel)
    entry = tmp_path / "wheels" / f"{pin.sha256}.whl"
    entry.parent.mkdir()
    entry.write_bytes(b"spoilt")
    assert cached(pin, tmp_path) is None
    assert not entry.exists()


def test_our_own_list_pins_wheels_by_version_and_hash() -> None:
    pins = load_pins("teacher")
    assert len(pins) == 30
    assert all(pin.file.endswith(".whl") and len(pin.sha256) == 64 for pin in pins)
    assert len({pin.name for pin in pins}) == 30
