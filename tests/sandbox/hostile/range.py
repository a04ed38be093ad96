"""Where attacks are let loose: planted things that must not be touched, and a look at them afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import uuid
from pathlib import Path

_PLANTED = {
    "victim.txt": "precious",
    ".netrc": "CANARY-NETRC",
    "keep/k.txt": "k",
    "verdicts.jsonl": '{"verdict": "failed"}\n',
    "cache.sqlite": "",
}
_LEFT = ("/tmp/hornbook-left", "/dev/shm/hornbook-left", "/tmp/persist", "/dev/shm/persist")


class Range:
    """Canaries of every kind. `close` takes all of them away again."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="hornbook-home-"))
        self.drop = Path(tempfile.mkdtemp(prefix="hornbook-drop-"))
        self.home.chmod(0o777)
        self.drop.chmod(0o777)
        (self.home / "keep").mkdir(mode=0o777)
        for name, text in _PLANTED.items():
            (self.home / name).write_text(text)
            (self.home / name).chmod(0o666)
        self.name = f"canary-socket-{uuid.uuid4().hex[:8]}"
        self.listening = [
            socket.socket(socket.AF_UNIX),
            socket.socket(socket.AF_UNIX),
            socket.socket(),
        ]
        # Where the shared set expects it, if nobody else is there.
        places = [str(self.home / "canary.sock"), "\0" + self.name, ("127.0.0.1", 18999)]
        for listener, place in zip(self.listening, places, strict=True):
            try:
                listener.bind(place)
            except OSError:
                listener.bind(("127.0.0.1", 0))
            listener.listen()
            listener.setblocking(False)
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.port = self.listening[2].getsockname()[1]
        self.datagrams.bind(("127.0.0.1", self.port))
        self.datagrams.setblocking(False)
        (self.home / "canary.sock").chmod(0o777)
        self.before = self._home()
        self.orphans = _orphans()

    def ready(self, program: str) -> str:
        """The program with the canaries' places in it."""
        for mark, value in (
            ("@HOME@", str(self.home)),
            ("@DROP@", str(self.drop)),
            ("@PORT@", str(self.port)),
            ("@SOCKET@", self.name),
            ("canary-socket'", self.name + "'"),
            ("@HOST@", socket.gethostname()),
            ("@SOURCE@", __file__),
        ):
            program = program.replace(mark, value)
        return program

    def effects(self) -> list[str]:
        """What attacks reached, in words; empty is as it should be."""
        found = [f"left in the drop folder: {path.name}" for path in self.drop.iterdir()]
        if self._home() != self.before:
            found.append("the home was changed")
        for listener in self.listening:
            try:
                listener.accept()[0].close()
                found.append(f"a connection to {listener.getsockname()!r}")
            except BlockingIOError:
                continue
        try:
            self.datagrams.recv(9)
            found.append("a datagram")
        except BlockingIOError:
            pass
        return found + [f"left: {path}" for path in _LEFT if os.path.exists(path)]

    def survivors(self) -> set[int]:
        """Processes of the sandbox, or of an attack, that have lost their parent since."""
        return _orphans() - self.orphans

    def close(self) -> None:
        for each in (*self.listening, self.datagrams):
            each.close()
        for path in _LEFT:
            Path(path).unlink(missing_ok=True)
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.drop, ignore_errors=True)

    def _home(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for path in sorted(self.home.rglob("*")):
            about = path.lstat()
            text = path.read_bytes() if path.is_file() and not path.is_socket() else b""
            times = about.st_mtime_ns if path.is_file() else 0
            found[str(path)] = (
                text,
                about.st_mode,
                times,
                os.listxattr(path, follow_symlinks=False),
            )
        return found


def _orphans() -> set[int]:
    found = set()
    for name in os.listdir("/proc"):
        try:
            command = Path(f"/proc/{name}/cmdline").read_bytes() if name.isdigit() else b""
            parent = (
                Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1]
                if command
                else ""
            )
        except OSError:
            continue
        if parent == "1" and (b"inside/__main__.py" in command or b"/bin/true" in command):
            found.add(int(name))
    return found
