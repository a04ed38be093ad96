"""Facts about data sets of the hub, on a hub of our own; in processes of their own, for the hub's
address is read at import."""

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

import pyarrow as pa
import pyarrow.parquet as pq

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "someone/stack"
PROGRAM = """
import sys
from pathlib import Path
from hornbook.sources import SourcesSettings, StackSource, external
from hornbook.engine import InProcess
from hornbook.sources.everything import pieces_of
from hornbook.sources.jobs import Hands
from hornbook.sources.text import Reading
from hornbook.stages import StageContext
from hornbook.engine import InProcess
from hornbook.errors import UserError

home = Path(sys.argv[1])
settings = SourcesSettings(stack=(StackSource(path=sys.argv[2]),))
try:
    print(list(external(settings).values()))
    context = StageContext(home, {}, seed=1, cache=home / "cache")
    for piece in pieces_of(context, settings, Hands(InProcess(), home)):
        print([row.origin.path for row in piece.rows(Reading(settings))])
except UserError as error:
    print(type(error).__name__, error)
"""


@contextmanager
def hub(folder: Path, gated: bool = False) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """A hub with one data set: (its address, what it was asked for and with which token)."""
    asked: list[tuple[str, str | None]] = []
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            path = self.path.partition("?")[0]
            asked.append((path, self.headers.get("Authorization")))
            if gated:
                self.send(403, b"{}", body, {"X-Error-Code": "GatedRepo"})
            elif path.startswith(f"/api/datasets/{NAME}"):
                listed = [{"rfilename": name} for name in files]
                tree = [
                    {"type": "file", "path": name, "size": at.stat().st_size, "oid": "0" * 40}
                    for name, at in files.items()
                ]
                about = {"id": NAME, "sha": COMMIT, "siblings": listed, "private": False}
                self.send(200, json.dumps(tree if "/tree/" in path else about).encode(), body)
            elif (name := path.partition(f"/{COMMIT}/")[2]) in files:
                self.send(200, files[name].read_bytes(), body)
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


def told(home: Path, path: str, endpoint: str) -> list[str]:
    names = [*(n for n in os.environ if n.upper().endswith("_PROXY")), "HF_HUB_OFFLINE"]
    environment = {key: value for key, value in os.environ.items() if key not in names}
    environment.update(
        HF_ENDPOINT=endpoint, HF_HOME=str(home), HF_HUB_DISABLE_XET="1", HF_TOKEN="hf_ours"
    )
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), path],
        env=environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_the_files_of_a_language_are_fetched_at_one_commit(tmp_path: Path) -> None:
    """Other languages stay where they are; the token is the environment's; the commit is the key."""
    for language in ("python", "java"):
        (tmp_path / "set" / "data" / language).mkdir(parents=True)
        table = pa.table({"content": ["value = 1\n"], "max_stars_repo_path": [f"{language}.x"]})
        pq.write_table(table, tmp_path / "set" / "data" / language / "data-0.parquet")
    with hub(tmp_path / "set") as (endpoint, asked):
        lines = told(tmp_path / "home", NAME, endpoint)
        assert lines == [str([COMMIT]), "['python.x']"]
        files = [path for path, _ in asked if "/resolve/" in path]
        assert {path.partition(COMMIT)[2] for path in files} == {"/data/python/data-0.parquet"}
        assert {token for _, token in asked} == {"Bearer hf_ours"}
        asked.clear()
        assert told(tmp_path / "home", f"{NAME}@{COMMIT}", endpoint)[-1] == "['python.x']"
        assert not any("/resolve/" in path and COMMIT not in path for path, _ in asked)


def test_a_data_set_that_cannot_be_had_says_why(tmp_path: Path) -> None:
    """Terms that were not accepted, a name that nobody knows, a hub that is not there."""
    (tmp_path / "set").mkdir()
    with hub(tmp_path / "set", gated=True) as (endpoint, _):
        (line,) = told(tmp_path / "home", NAME, endpoint)
        assert line.startswith("SourceError")
        assert "accepted its terms" in line
    with hub(tmp_path / "set") as (endpoint, _):
        (line,) = told(tmp_path / "home", "someone/else", endpoint)
        assert line.startswith("SourceError")
        assert "neither a folder here nor a data set" in line
    (line,) = told(tmp_path / "home", NAME, "http://127.0.0.1:9")
    assert line.startswith("NetworkError")
    assert "the hub could not be reached" in line
