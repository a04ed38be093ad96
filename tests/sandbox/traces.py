"""What a set of hostile programs left on the machine: processes, files, IPC objects."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

PUBLIC = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock")
_NOBODY = 65534


def processes() -> dict[int, tuple[int, int]]:
    """Every process: its parent and its user."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path(f"/proc/{name}/stat").read_text()
                user = os.stat(f"/proc/{name}").st_uid
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(name)] = int(parent), user
    return found


def descendants(first: int) -> list[int]:
    """The processes below one, without itself."""
    known = processes()
    below: list[int] = []
    todo = [first]
    while todo:
        parent = todo.pop()
        children = [pid for pid, (above, _) in known.items() if above == parent]
        below += children
        todo += children
    return below


def world(pid: int) -> str:
    """The user namespace of a process, by which its children are known even as orphans; empty for
    our own, and where it can't be seen."""
    try:
        found, own = os.readlink(f"/proc/{pid}/ns/user"), os.readlink("/proc/self/ns/user")
    except OSError:
        return ""
    return "" if found == own else found


def hold_world(pid: int) -> tuple[str, int] | None:
    """`world` and a descriptor that keeps its number from being given to another's."""
    name = world(pid)
    try:
        return (name, os.open(f"/proc/{pid}/ns/user", os.O_RDONLY)) if name else None
    except OSError:
        return None


def machine() -> dict[str, Any]:
    """What is on the machine now."""
    return {"pids": set(processes()), "files": _public(), "ipc": _ipc()}


def left_behind(before: dict[str, Any], marks: set[str], seconds: float = 3.0) -> list[str]:
    """What was not there before and is ours by its owner or its user namespace. Others may be at
    work on the machine, so what is not ours is not counted. Processes get a moment to end."""
    ours = {_NOBODY, os.geteuid()} - {0}
    deadline = time.monotonic() + seconds
    while True:
        alive = [pid for pid in processes() if world(pid) in marks]
        if os.geteuid() != 0:  # as a user that does nothing else
            alive += _strangers(before["pids"], os.geteuid())
        if not alive or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    found = [f"process {pid} lives on" for pid in sorted(set(alive))]
    for path, user in _public().items():
        if path not in before["files"] and user in ours and not _of_the_range(path):
            found.append(f"{path} was left")
    found += [f"IPC object {each}" for each in sorted(_ipc() - before["ipc"])]
    return found


def _strangers(before: set[int], user: int) -> list[int]:
    """New processes of a user that are not this one's own, nor above it."""
    known = processes()
    above, pid = set(), os.getpid()
    while pid in known:
        above.add(pid)
        pid = known[pid][0]
    return [pid for pid, (_, owner) in known.items() if owner == user and pid not in before | above]


def _of_the_range(path: str) -> bool:
    return Path(path).name.startswith(("hornbook-range-", "hornbook-canary-"))


def _public() -> dict[str, int]:
    found = {}
    for folder in PUBLIC:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names:
            try:
                found[f"{folder}/{name}"] = os.lstat(f"{folder}/{name}").st_uid
            except OSError:
                continue
    return found


def _ipc() -> set[str]:
    """System V shared memory, queues and semaphores."""
    found = set()
    for kind in ("shm", "msg", "sem"):
        try:
            lines = Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]
        except OSError:
            continue
        found |= {f"{kind} {' '.join(line.split()[:2])}" for line in lines}
    return found
