"""A hub on this machine: repositories are folders OWNER/NAME, and it answers as the real one does."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REVISIONS = ("main", "v1", "refs/pr/3", COMMIT)
KINDS = ("api", "models", "datasets")
CLOSED = {"gated": "GatedRepo", "closed": "Forbidden"}
"""Names of repositories that nobody gets, and the hub's word for it."""


@dataclass
class Hub:
    """Where it listens, and what it was asked for: (path, token)."""

    address: str
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def fetched(self) -> list[str]:
        """The files that it was asked for."""
        return [path for path, _ in self.asked if "/resolve/" in path]


@contextmanager
def hub(root: Path) -> Iterator[Hub]:
    """A hub whose repositories, of models and of data sets alike, are the folders of `root`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            path = self.path.partition("?")[0]
            here.asked.append((path, self.headers.get("Authorization")))
            parts = path.strip("/").split("/")
            api = parts[0] == "api"
            owner, name, *verbs = [part for part in parts if part not in KINDS]
            verb, rest = next(iter(verbs), ""), "/".join(verbs[1:])
            revision = next((r for r in REVISIONS if rest.startswith(r)), None) if rest else "main"
            file = root / owner / name / rest.removeprefix(f"{revision}/")
            if name in CLOSED:
                self.refuse(403, CLOSED[name])
            elif not (root / owner / name).is_dir():
                self.refuse(404, "RepoNotFound")
            elif revision is None:
                self.refuse(404, "RevisionNotFound")
            elif api:
                self.send(self.about(f"{owner}/{name}", verb == "tree"))
            elif verb == "resolve" and file.is_file():
                self.send(file.read_bytes())
            else:
                self.refuse(404, "EntryNotFound")

        def about(self, repository: str, tree: bool) -> bytes:
            folder = root / repository
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            names = [path.relative_to(folder).as_posix() for path in files]
            if tree:
                listed = [
                    {"type": "file", "path": name, "size": path.stat().st_size, "oid": "0" * 40}
                    for name, path in zip(names, files, strict=True)
                ]
                return json.dumps(listed).encode()
            siblings = [{"rfilename": name} for name in names]
            about = {"id": repository, "sha": COMMIT, "siblings": siblings, "private": False}
            return json.dumps(about).encode()

        def refuse(self, code: int, word: str) -> None:
            # The client asks a busy or silent server again and again; these it takes at once.
            self.send(b"{}", code, {"X-Error-Code": word})

        def send(self, data: bytes, code: int = 200, more: dict[str, str] | None = None) -> None:
            self.send_response(code)
            etag = f'"{hashlib.sha256(data).hexdigest()}"'
            heads = {"Content-Length": str(len(data)), "ETag": etag, "X-Repo-Commit": COMMIT}
            for key, value in {**heads, **(more or {})}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Hub(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def environment_of(address: str, home: Path, **more: str) -> dict[str, str]:
    """For a process of its own that asks this hub: the library reads its settings at import."""
    dropped = [n for n in os.environ if n.upper().endswith(("_PROXY", "_OFFLINE"))]
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    ours = {"HF_ENDPOINT": address, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    return {**kept, **ours, **more}
