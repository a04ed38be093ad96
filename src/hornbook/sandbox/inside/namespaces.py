"""A world of its own: users, files, processes, network, IPC and host name."""

from __future__ import annotations

import os
import sys

from .kernel import PIVOT_ROOT_NUMBER, call, syscall

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
OTHERS = NEWCGROUP | NEWUTS | NEWIPC | NEWNET

_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND = 1, 2, 4, 8, 32, 4096
_REC, _PRIVATE, _DETACH = 16384, 1 << 18, 2

NOBODY = 65534
SCRATCH = "/box"
"""The working folder. Not /tmp: what a program leaves where others look would be worth a try."""
SCRATCH_OPTIONS = b"size=32m,nr_inodes=512,mode=0777"
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")


def standard_library() -> list[str]:
    """The folders of the standard library and of the system's shared libraries."""
    wanted = [path for path in sys.path if os.path.isdir(path)]
    wanted += [path for path in _LIBRARIES if os.path.isdir(path) and not os.path.islink(path)]
    return [p for p in wanted if not any(p != q and p.startswith(q + "/") for q in wanted)]


def site_packages() -> list[str]:
    """Where others' packages lie inside those folders: not for generated code."""
    found = [
        os.path.join(path, name)
        for path in {*sys.path, "/usr/lib/python3"}
        for name in ("site-packages", "dist-packages")
    ]
    return [path for path in found if os.path.isdir(path)]


def unshare(flags: int) -> None:
    call("unshare", flags)


def enter_user(process: int) -> None:
    """A user namespace in which this user is itself and nobody else exists, plus `NEWNS`.

    `process` is a descriptor of /proc/self, for there may be no /proc any more.
    """
    user, group = os.geteuid(), os.getegid()
    unshare(NEWUSER | NEWNS)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        handle = os.open(name, os.O_WRONLY, dir_fd=process)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)


def build_root() -> None:
    """Replace the file system by a bare one: libraries to read, devices, one folder to write.

    Everything is bound through descriptors opened before, so nothing depends on paths that the
    new mounts cover.
    """
    call("mount", None, b"/", None, _REC | _PRIVATE, None)
    folders, hidden = standard_library(), site_packages()
    links = [path for path in _LIBRARIES if os.path.islink(path)]
    opened = {path: os.open(path, os.O_PATH) for path in [*folders, *_existing(DEVICES)]}
    base = next(path for path in ("/tmp", "/var/tmp", "/mnt", "/") if os.path.isdir(path))  # noqa: S108
    targets = {link: os.readlink(link) for link in links}
    call("mount", b"tmpfs", base.encode(), b"tmpfs", _NOSUID | _NODEV, b"size=1m,mode=0755")
    os.chdir(base)
    for path, source in opened.items():
        _bind(source, path)
    for path in hidden:
        call(
            "mount",
            b"tmpfs",
            path.lstrip("/").encode(),
            b"tmpfs",
            _RDONLY | _NOEXEC,
            b"nr_inodes=1,mode=0",
        )
    for link, target in targets.items():
        os.symlink(target, link.lstrip("/"))
    os.mkdir(SCRATCH.lstrip("/"))
    scratch = SCRATCH.lstrip("/").encode()
    call("mount", b"tmpfs", scratch, b"tmpfs", _NOSUID | _NODEV | _NOEXEC, SCRATCH_OPTIONS)
    syscall("pivot_root", PIVOT_ROOT_NUMBER, b".", b".")
    call("umount2", b".", _DETACH)
    os.chdir("/")
    call("mount", None, b"/", None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV, None)


def _existing(paths: tuple[str, ...]) -> list[str]:
    return [path for path in paths if os.path.exists(path)]


def _bind(source: int, path: str) -> None:
    """Bind what `source` is to `path` below the working folder, to be read only."""
    target = path.lstrip("/")
    device = path.startswith("/dev/")
    os.makedirs(os.path.dirname(target) if device else target, exist_ok=True)
    if device:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o666))
    call("mount", f"/proc/self/fd/{source}".encode(), target.encode(), None, _BIND, None)
    os.close(source)
    # The kernel refuses to lose what the original was mounted with.
    kept = os.statvfs(target).f_flag & (_NOSUID | _NODEV | _NOEXEC)
    flags = _REMOUNT | _BIND | _RDONLY | _NOSUID | kept | (_NOEXEC if device else _NODEV)
    call("mount", None, target.encode(), None, flags, None)


def hide_host() -> None:
    call("sethostname", b"sandbox", 7)
