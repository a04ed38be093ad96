"""An endpoint of this machine's own that plays a real one, faults included: for tests and trials.

It listens on the loopback address alone and answers by a function.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Play:
    """What the endpoint does with one request."""

    text: str = ""
    status: int = 200
    finish: str = "stop"
    delay: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """Instead of a chat completion."""
    usage: tuple[int, int] | None = None
    """(tokens in, tokens out); None: a token for every four bytes."""
    drip: float = 0.0
    """Seconds between the bytes of the body."""


Script = Callable[[Body, int], Play]
"""(request, how many came before) to what is done with it."""


class FakeEndpoint:
    """`with FakeEndpoint(script) as endpoint:` asks go to `endpoint.address`."""

    def __init__(self, script: Script, key: str | None = None) -> None:
        self.script, self.key = script, key
        self.asked: list[Body] = []
        self.most_at_once = self._now = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeEndpoint:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def play(self, body: Body, given: str) -> Play:
        """What is done with a request that came with the key `given`."""
        if self.key is not None and given != self.key:
            wrong = {"error": {"message": f"Incorrect API key provided: {given}"}}
            return Play(status=401, raw=json.dumps(wrong).encode())
        with self._lock:
            before = len(self.asked)
            self.asked.append(body)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            play = self.script(body, before)
            time.sleep(play.delay)
        finally:
            with self._lock:
                self._now -= 1
        return play


def _handler(endpoint: FakeEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            play = endpoint.play(body, str(self.headers["Authorization"]).removeprefix("Bearer "))
            data = _completion(body, play) if play.raw is None else play.raw
            try:
                self.send_response(play.status)
                for name, value in play.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self._send(data, play.drip)
            except OSError:
                return  # whoever asked went away

        def _send(self, data: bytes, drip: float) -> None:
            if not drip:
                self.wfile.write(data)
                return
            for at in range(len(data)):
                self.wfile.write(data[at : at + 1])
                self.wfile.flush()
                time.sleep(drip)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Silence: a test's output is its own."""

    return Handler


def _completion(body: Body, play: Play) -> bytes:
    said = "".join(message["content"] for message in body["messages"])
    usage = play.usage or (len(said.encode("utf-8", "replace")) // 4, len(play.text) // 4)
    return json.dumps(
        {
            "object": "chat.completion",
            "model": f"{body['model']}-played",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": play.text},
                    "finish_reason": play.finish,
                }
            ],
            "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]},
        }
    ).encode()
