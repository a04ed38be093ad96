"""Frames over a file descriptor: one end of the stream socket between solution and judge."""

from __future__ import annotations

import os
from typing import Any

from .codec import MAX_FRAME, MAX_MESSAGE, MORE, ProtocolViolation, from_body, to_frames


class Closed(BaseException):
    """The other side is gone. A BaseException for the same reason as `ProtocolViolation`."""


class Channel:
    """Whole messages in both directions over a connected stream socket."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = bytearray()
        self.received = 0
        """Bytes of the last message."""
        # Bound here, for a solution that replaces the functions of `os` breaks only itself.
        self._read, self._write = os.read, os.write

    def send(self, message: dict[str, Any]) -> None:
        """Raises `CodecError` for a message over the limit, before anything is sent."""
        self.send_frames(to_frames(message))

    def send_frames(self, frames: bytes) -> None:
        left = memoryview(frames)
        try:
            while left:
                left = left[self._write(self._descriptor, left) :]
        except OSError:
            raise Closed from None

    def receive(self) -> dict[str, Any]:
        """The next message; waits for it. `Closed` at the end of the stream."""
        body = b""
        while True:
            self._fill(4)
            size = int.from_bytes(self._buffer[:4], "little")
            more, size = size & MORE, size & ~MORE
            if size > MAX_FRAME or len(body) + size > MAX_MESSAGE:
                raise ProtocolViolation(f"{size:,} bytes more than {len(body):,}")
            self._fill(4 + size)
            body += bytes(self._buffer[4 : 4 + size])
            del self._buffer[: 4 + size]
            if not more:
                self.received = len(body)
                return from_body(body)

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            try:
                piece = self._read(self._descriptor, 1 << 16)
            except OSError:
                piece = b""
            if not piece:
                raise Closed
            self._buffer += piece
