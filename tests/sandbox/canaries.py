"""Canaries: what hostile programs are let loose on, and a look at it afterwards."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import Any

import hornbook.sandbox

HERE = Path(__file__).resolve().parent


class Range:
    """Canaries: a home, a folder anyone may write to, three listeners."""

    def __init__(self, base: Path, port: int = 0) -> None:
        base.mkdir(parents=True)
        self.base, self.home, self.drop = base, base / "home", base / "drop"
        self.drop.mkdir()
        self._furnish()
        for folder in (self.base, self.drop):
            folder.chmod(0o777)  # so that only the sandbox keeps anyone away
        try:
            self._tcp = socket.create_server(("127.0.0.1", port))
        except OSError:
            self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self.abstract = f"canary-socket-{os.getpid()}-{self.port}"
        self._abstract = socket.socket(socket.AF_UNIX)
        self._abstract.bind("\0" + self.abstract)
        self._abstract.listen()
        for line in (self._tcp, self._abstract, self._unix):
            line.setblocking(False)

    def _furnish(self) -> None:
        self.home.mkdir()
        self.home.chmod(0o777)
        (self.home / "victim.txt").write_text("precious")
        (self.home / ".netrc").write_text("CANARY-NETRC")
        (self.home / "keep").mkdir()
        (self.home / "keep" / "k.txt").write_text("kept")
        for name in ("victim.txt", "keep/k.txt"):
            (self.home / name).chmod(0o666)
        (self.home / "keep").chmod(0o777)
        self._unix = socket.socket(socket.AF_UNIX)
        self._unix.bind(str(self.home / "canary.sock"))
        self._unix.listen()
        self._unix.setblocking(False)
        self._before = _described(self.home)

    def at(self, code: str, name: str) -> str:
        for mark, text in (
            ("@NAME@", name),
            ("@HOME@", str(self.home)),
            ("@DROP@", str(self.drop)),
            ("@PACKAGE@", str(Path(hornbook.sandbox.__file__).parent)),
            ("@TESTS@", str(HERE)),
            ("18999", str(self.port)),
            ("canary-socket", self.abstract),
        ):
            code = code.replace(mark, text)
        return code

    def touched(self) -> list[str]:
        """What was done to the canaries since the last look; puts them back."""
        found = []
        for words, line in (("TCP", self._tcp), ("abstract", self._abstract), ("unix", self._unix)):
            try:
                line.accept()[0].close()
                found.append(f"a connection reached the {words} listener")
            except BlockingIOError:
                pass
        for path in self.drop.iterdir():
            found.append(f"dropped {path.name}: {path.read_text(errors='replace')[:200]!r}")
            path.unlink()
        if _described(self.home) != self._before:
            found.append("home was changed")
            self._unix.close()
            shutil.rmtree(self.home)
            self._furnish()
        return found

    def close(self) -> None:
        for line in (self._tcp, self._abstract, self._unix):
            line.close()
        shutil.rmtree(self.base, ignore_errors=True)


def _described(folder: Path) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for path in [folder, *sorted(folder.rglob("*"))]:
        stat = path.lstat()
        text = path.read_bytes() if path.is_file() else b""
        found.append((str(path), stat.st_mode, stat.st_uid, stat.st_nlink, stat.st_mtime_ns, text))
        found.append(tuple(os.listxattr(path, follow_symlinks=False)))
    return found
