"""Putting the layers on the zygote, each by trying, and saying what came of each.

With `layers` = `all` every layer is tried; with `none` no layer is (programs of our own, or a user who
insists). What could not be had is reported with its errno; whether that is enough is decided
outside, after the canaries have run.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field

from . import landlock, namespaces, seccomp
from .child import THREADS
from .kernel import (
    LINUX,
    MACHINE,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    drop_bounding_set,
    prctl,
)
from .syscalls import TABLES


@dataclass
class Layers:
    """What protects the children."""

    namespaces: bool = False
    landlock: int = 0
    """The ABI; 0 for none."""
    seccomp: bool = False
    missing: dict[str, str] = field(default_factory=dict)
    """Layer -> why it could not be had."""
    own_pids: int = -1
    """A descriptor of the zygote's own pid namespace, to come back to after each check."""
    threads: int | None = None
    """RLIMIT_NPROC of a child."""


def enter(wanted: str) -> Layers:
    """Take the layers on. With namespaces this returns in a new process, the first of its world."""
    layers = Layers()
    if not LINUX:
        layers.missing = {"namespaces": "not on this system", "Landlock": "not on this system"}
        layers.missing["seccomp"] = "not on this system"
        return layers
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    if wanted == "none":
        return layers
    process = -1
    with suppress(OSError):
        process = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY)
    rooted = _leave_root(layers)
    _enter_namespaces(layers, process, rooted)
    layers.threads = THREADS if layers.namespaces else _threads_now() + THREADS
    drop_bounding_set()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    _restrict_files(layers)
    prctl(PR_SET_DUMPABLE, 0)
    _restrict_calls(layers)
    return layers


def _leave_root(layers: Layers) -> bool:
    """As root, build the new root first (nobody may not read where Python lies), then be nobody."""
    if os.geteuid() != 0:
        return False
    built, folders = False, namespaces.standard_library()
    try:
        namespaces.unshare(namespaces.NEWNS)
        namespaces.build_root()
        built = True
    except OSError as error:
        layers.missing["namespaces"] = str(error)
    with suppress(OSError):
        os.setgroups([])
    try:
        os.setresgid(namespaces.NOBODY, namespaces.NOBODY, namespaces.NOBODY)
        os.setresuid(namespaces.NOBODY, namespaces.NOBODY, namespaces.NOBODY)
    except OSError as error:
        layers.missing["dropping root"] = str(error)
    # Changing user takes that away; /proc/self is not ours to read otherwise.
    prctl(PR_SET_DUMPABLE, 1)
    if not built:
        _note_unreadable(layers, folders)
    return built


def _note_unreadable(layers: Layers, folders: list[str]) -> None:
    """Without namespaces an unprivileged user has to find the standard library where it lies."""
    for folder in folders:
        if not os.access(folder, os.R_OK | os.X_OK):
            layers.missing["Python"] = (
                f"{folder} can't be read by an unprivileged user; use a Python that all may read"
            )


def _enter_namespaces(layers: Layers, process: int, rooted: bool) -> None:
    if "dropping root" in layers.missing or (rooted and process < 0):
        return
    try:
        if process < 0:
            raise FileNotFoundError(2, "no /proc")
        namespaces.enter_user(process)
        if not rooted:
            namespaces.build_root()
        namespaces.unshare(namespaces.OTHERS | namespaces.NEWPID)
        namespaces.hide_host()
    except OSError as error:
        layers.missing["namespaces"] = str(error)
        if rooted:
            layers.missing.setdefault("root", "half built")
        return
    layers.missing.pop("namespaces", None)
    _become_first(layers, process)


def _become_first(layers: Layers, process: int) -> None:
    """Go on in a child that is the first process of the new pid namespace; wait for it here."""
    pid = os.fork()
    if pid:
        os.closerange(0, 256)
        _, status = os.waitpid(pid, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Of the host's /proc, through the descriptor of its parent's entry.
    layers.own_pids = os.open("../self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=process)
    os.close(process)
    layers.namespaces = True


def _restrict_files(layers: Layers) -> None:
    try:
        if layers.namespaces:
            layers.landlock = landlock.restrict(["/"], ["/dev/null"], namespaces.SCRATCH)
        else:
            layers.landlock = landlock.restrict(
                [*_entries(), "/dev/urandom", "/dev/random"], ["/dev/null", "/dev/zero"], None
            )
    except OSError as error:
        layers.missing["Landlock"] = str(error)


def _entries() -> list[str]:
    """The standard library without the packages of others inside it."""
    hidden = set(namespaces.site_packages())
    found = []
    for folder in namespaces.standard_library():
        inside = [path for path in hidden if path.startswith(folder + "/")]
        if not inside:
            found.append(folder)
            continue
        with suppress(OSError):
            found += [
                os.path.join(folder, name)
                for name in os.listdir(folder)
                if not any(
                    (path + "/").startswith(os.path.join(folder, name) + "/") for path in inside
                )
            ]
    return found


def _restrict_calls(layers: Layers) -> None:
    try:
        if MACHINE not in TABLES:
            raise OSError(95, f"no table of system calls for {MACHINE}")
        seccomp.load(seccomp.assemble(seccomp.zygote_program()))
        layers.seccomp = True
    except OSError as error:
        layers.missing["seccomp"] = str(error)


def _threads_now() -> int:
    """Threads of this user, all of which count against RLIMIT_NPROC outside a user namespace."""
    user, count = os.geteuid(), 0
    with suppress(OSError):
        for name in os.listdir("/proc"):
            with suppress(OSError):
                if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                    count += len(os.listdir(f"/proc/{name}/task"))
    return count
