from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hornbook.model.hub import is_hub_id
from tests.model.exchange import hf_folder, new_config, weights_of
from tests.tiny_model import tokenizer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(folder: Path, name: str = "someone/tiny-phi") -> Iterator[tuple[str, list[str]]]:
    """A hub on this machine with one model: (its address, what it was asked for)."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            path = self.path.partition("?")[0]
            asked.append(path)
            at = f"/{name}/resolve/"
            if path.startswith(f"/api/models/{name}"):
                files = [{"rfilename": each.name} for each in sorted(folder.iterdir())]
                about = {"id": name, "sha": COMMIT, "siblings": files, "private": False}
                tree = [
                    {"type": "file", "path": f.name, "size": f.stat().st_size, "oid": "0" * 40}
                    for f in sorted(folder.iterdir())
                ]
                data = json.dumps(tree if "/tree/" in path else about).encode()
                self.send(200, data, body)
            elif path.startswith(at) and (folder / path.rpartition("/")[2]).is_file():
                self.send(200, (folder / path.rpartition("/")[2]).read_bytes(), body)
            else:
                self.send(404, b"{}", body, {"X-Error-Code": "RepoNotFound"})

        def send(
            self, code: int, data: bytes, body: bool, more: dict[str, str] | None = None
        ) -> None:
            self.send_response(code)
            etag = hashlib.sha256(data).hexdigest()
            heads = {"Content-Length": str(len(data)), "ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}
            for key, value in {**heads, **(more or {})}.items():
                self.send_header(key, value)
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def bring_in(name: str, out: Path, endpoint: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """`hornbook model import` in a process of its own, for the hub's address is read at import."""
    names = [*(n for n in os.environ if n.upper().endswith("_PROXY")), "HF_HUB_OFFLINE"]
    environment = {key: value for key, value in os.environ.items() if key not in names}
    environment.update(HF_ENDPOINT=endpoint, XDG_CACHE_HOME=str(cache), HF_HUB_DISABLE_XET="1")
    command = [sys.executable, "-m", "hornbook", "model", "import", name, "--out", str(out)]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_model_is_fetched_by_its_id(tmp_path: Path) -> None:
    """Configuration, safetensors and tokenizer; nothing else is asked for, and nothing twice."""
    source = hf_folder(tmp_path / "hf", weights_of(), new_config())
    tokenizer().save(source / "tokenizer.json")
    (source / "pytorch_model.bin").write_bytes(b"a pickle")
    (source / "README.md").write_text("words")
    with hub(source) as (endpoint, asked):
        told = bring_in("someone/tiny-phi", tmp_path / "a", endpoint, tmp_path / "cache")
        assert told.returncode == 0, told.stderr
        fetched = [path for path in asked if "/resolve/" in path]
        assert any(path.endswith("model.safetensors") for path in fetched)
        assert not any(path.endswith((".bin", ".md")) for path in fetched)
        assert all(f"/resolve/{COMMIT}/" in path for path in fetched)
    folder = bring_in(str(source), tmp_path / "b", endpoint, tmp_path / "cache")
    assert folder.returncode == 0
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_revision_is_asked_for(tmp_path: Path) -> None:
    """NAME@REVISION: the first releases' layouts live in old ones."""
    source = hf_folder(tmp_path / "hf", weights_of(), new_config())
    with hub(source) as (endpoint, asked):
        told = bring_in("someone/tiny-phi@older", tmp_path / "a", endpoint, tmp_path / "cache")
    assert told.returncode == 0, told.stderr
    assert "/api/models/someone/tiny-phi/revision/older" in asked
    assert "put the model's into" in told.stderr


def test_an_unknown_model_is_said_to_be_neither(tmp_path: Path) -> None:
    """No folder and no model of the hub: one line, exit code 2, nothing written."""
    (tmp_path / "hf").mkdir()
    with hub(tmp_path / "hf") as (endpoint, _):
        told = bring_in("someone/else", tmp_path / "a", endpoint, tmp_path / "cache")
    assert told.returncode == 2
    assert "neither a folder here nor a model on the hub" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "a").exists()


def test_a_hub_that_is_not_there_is_an_error_of_the_network(tmp_path: Path) -> None:
    """It is told as one, with exit code 2 and without a traceback."""
    told = bring_in("someone/tiny-phi", tmp_path / "a", "http://127.0.0.1:9", tmp_path / "cache")
    assert told.returncode == 2
    assert "the hub could not be reached" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("microsoft/phi-1", True),
        ("microsoft/phi-1_5@refs/pr/3", True),
        ("phi-1", False),
        ("a/b/c", False),
        ("/a/b", False),
        ("../b", False),
        ("a/b c", False),
        ("", False),
    ],
)
def test_ids_of_the_hub_are_known_from_folders(text: str, right: bool) -> None:
    """OWNER/NAME, with a revision if one is wanted."""
    assert is_hub_id(text) is right
