"""Other worlds for hostile programs: disposable ones without a sandbox, and poorer ones with it.

`python elsewhere.py disposable JOB.json` runs a program with nothing around it but a throw-away world:
as an unprivileged user in user, mount, pid, network, IPC and host-name namespaces of its own, the
disk read-only, every public folder a small tmpfs, limits on memory and processes. There an attack
has to succeed, or a test of it proves nothing. It says what came of it as JSON.

`python elsewhere.py poorer USER MISSING PROGRAM ...` runs a program as an unprivileged user (0: stay) on
a kernel that lacks something: `-`, `landlock` (ENOSYS) or `namespaces` (EPERM for unshare and for clone
with new namespaces, as Docker's default filter has it), by a system-call filter.

What can't be simulated this way: Landlock of an older ABI (the filter sees a pointer to the ruleset,
not its size's meaning), AppArmor that lets `unshare` through and refuses `mount` (Ubuntu 24.04),
gVisor, and cgroup limits.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

UNPRIVILEGED, DISPOSED = 20001, 20002
_NEWNS, _ALL = 0x00020000, 0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x0C000000
_RDONLY, _NOSUID, _NODEV, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_NUMBERS = {  # architecture's code, prctl's needs, landlock_create_ruleset, unshare, clone
    "x86_64": (0xC000003E, 444, 272, 56),
    "aarch64": (0xC00000B7, 444, 97, 220),
}
_libc = ctypes.CDLL(None, use_errno=True)

# The verdict as naive harnesses take it: the tests run beside the program, exit code 0 is a pass.
NAIVE = """
import copy, json, resource, sys
job = json.load(open(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
names = {"__name__": "solution"}
exec(job["program"], names)
candidate = names[job["entry_point"]]
exec(job["test"], names)
if job["test"]: names["check"](candidate)
if job["inputs"]:
    reference = {}
    exec(job["canonical"], reference)
    cases = json.loads(job["inputs"])
    same = names.get("same", lambda actual, expected, args: actual == expected)
    for args in cases:
        assert same(candidate(*args), reference[job["entry_point"]](*args), args)
"""


def call(name: str, *args: Any) -> int:
    result = int(getattr(_libc, name)(*args))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    names = [each.encode() if each is not None else None for each in (source, target, kind)]
    call("mount", *names, ctypes.c_ulong(flags), data.encode() or None)


def expose_python() -> None:
    """As root, in a mount namespace of our own: let others reach this Python where it lies, and
    nothing else of the folder that hides it."""
    call("unshare", _NEWNS)
    mount(None, "/", None, _REC | _PRIVATE)
    prefix = Path(sys.base_prefix).resolve()
    hiding = next(
        (p for p in [*reversed(prefix.parents), prefix] if not p.stat().st_mode & 1), None
    )
    if hiding is None:
        return
    source = os.open(prefix, os.O_PATH)
    mount("tmpfs", str(hiding), "tmpfs", _NOSUID | _NODEV, "mode=755,size=1m")
    prefix.mkdir(parents=True, exist_ok=True)
    mount(f"/proc/self/fd/{source}", str(prefix), None, _BIND)
    os.close(source)


def become(user: int) -> None:
    """Be nobody in particular, for good."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    call("prctl", 4, 1, 0, 0, 0)  # or /proc/self belongs to root


def deny(missing: str) -> None:
    """Make the kernel lack something for this process and its children."""
    arch, landlock, unshare, clone = _NUMBERS[os.uname().machine]
    load, equal, bits, answer = 0x20, 0x15, 0x45, 0x06
    allow, enosys, eperm = 0x7FFF0000, 0x00050000 | 38, 0x00050000 | 1
    if missing == "landlock":
        rules = [(equal, 0, 1, landlock), (answer, 0, 0, enosys)]
    else:
        rules = [(equal, 0, 1, unshare), (answer, 0, 0, eperm), (equal, 0, 3, clone)]
        rules += [(load, 0, 0, 16), (bits, 0, 1, 0x7E020080), (answer, 0, 0, eperm)]
    program = [(load, 0, 0, 4), (equal, 1, 0, arch), (answer, 0, 0, allow), (load, 0, 0, 0)]
    program += [*rules, (answer, 0, 0, allow)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *step) for step in program))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    call("prctl", 38, 1, 0, 0, 0)
    call("prctl", 22, 2, ctypes.c_void_p(ctypes.addressof(head)), 0, 0)


def poorer(user: int, missing: str, program: list[str]) -> None:
    if user and os.geteuid() == 0:
        expose_python()
        become(user)
    if missing != "-":
        deny(missing)
    os.execv(program[0], program)


def disposable(job: dict[str, Any]) -> dict[str, Any]:
    """Run a job in a throw-away world; {exit, timed_out, output, connections, home, drop, alive}."""
    if os.geteuid() == 0:
        expose_python()
        become(DISPOSED)
    user, group = os.geteuid(), os.getegid()
    call("unshare", _ALL)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        call("prctl", 1, signal.SIGKILL, 0, 0, 0)
        try:
            answer = _inside(job)
        except BaseException as error:
            answer = {"failed": f"{type(error).__name__}: {error}"}
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    ready, _, _ = select.select([read], [], [], job["seconds"] + 20)
    said = b""
    while ready and (piece := os.read(read, 65536)):
        said += piece
    os.kill(pid, signal.SIGKILL)  # the first process: with it goes the whole world
    os.waitpid(pid, 0)
    return json.loads(said or b'{"failed": "it said nothing"}')  # type: ignore[no-any-return]


def _inside(job: dict[str, Any]) -> dict[str, Any]:
    _furnish()
    aim = _canaries()
    program = job["program"]
    for mark, text in (("@HOME@", "/tmp/home"), ("@DROP@", "/tmp/drop"), ("@PACKAGE@", "/nowhere")):
        program = program.replace(mark, text)
    Path("/tmp/job.json").write_text(json.dumps({**job, "program": program}))
    os.chdir("/tmp/here")
    output_read, output = os.pipe()
    input_read, _input = os.pipe()  # nobody ever writes to it
    before = _described()
    pid = os.fork()
    if pid == 0:
        for source, target in ((input_read, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        resource.setrlimit(resource.RLIMIT_NPROC, (300, 300))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.execve(
            sys.executable,
            [sys.executable, "-I", "-S", "-c", NAIVE, "/tmp/job.json"],
            {"SECRET_TOKEN": "CANARY-ENV", "HOME": "/tmp/home"},
        )
    os.close(output)
    status, text = _wait(pid, output_read, job["seconds"])
    return {
        "timed_out": status is None,
        "exit": os.waitstatus_to_exitcode(status) if status is not None else None,
        "output": text,
        "connections": [name for name, line in aim.items() if _reached(line)],
        "home": _described() != before,
        "drop": sorted(os.listdir("/tmp/drop")) if os.path.isdir("/tmp/drop") else ["gone"],
        "alive": max(0, sum(name.isdigit() for name in os.listdir("/proc")) - 1),
    }


def _wait(pid: int, output: int, seconds: float) -> tuple[int | None, str]:
    """How it ended (None: it was still at it), and what it printed, 64 KB of it."""
    deadline, text, status = time.monotonic() + seconds, b"", None
    os.set_blocking(output, False)
    while time.monotonic() < deadline and status is None:
        found, code = os.waitpid(pid, os.WNOHANG)
        status = code if found else None
        with suppress(BlockingIOError):
            while piece := os.read(output, 65536):
                text += piece[: 65536 - len(text)]
        time.sleep(0.005)
    with suppress(BlockingIOError):
        text += os.read(output, 65536)
    return status, text.decode("utf-8", "replace")


def _furnish() -> None:
    """Small tmpfs where anyone may write, the rest read-only, a /proc of this world."""
    mount(None, "/", None, _REC | _PRIVATE)
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):
        if os.path.isdir(folder):
            mount("tmpfs", folder, "tmpfs", _NOSUID | _NODEV, "mode=1777,size=80m")
    with suppress(OSError):  # refused where another's /proc is covered in parts
        mount("proc", "/proc", "proc", _NOSUID | _NODEV)
    kept = os.statvfs("/").f_flag & 0b1110
    mount(None, "/", None, _REMOUNT | _BIND | _RDONLY | kept)
    for folder in ("home/keep", "drop", "here"):
        os.makedirs(f"/tmp/{folder}")
    for name, text in (
        ("victim.txt", "precious"),
        (".netrc", "CANARY-NETRC"),
        ("keep/k.txt", "kept"),
    ):
        Path(f"/tmp/home/{name}").write_text(text)


def _canaries() -> dict[str, socket.socket]:
    """Listeners in this world, whose loopback has to be brought up first."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, suppress(OSError):
        fcntl.ioctl(line, 0x8914, struct.pack("16sH14x", b"lo", 1 | 64))
    aim = {"tcp": socket.create_server(("127.0.0.1", 18999))}
    for name, path in (("unix", "/tmp/home/canary.sock"), ("abstract", "\0canary-socket")):
        aim[name] = socket.socket(socket.AF_UNIX)
        aim[name].bind(path)
        aim[name].listen()
    for line in aim.values():
        line.setblocking(False)
    return aim


def _reached(line: socket.socket) -> bool:
    try:
        line.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _described() -> list[Any]:
    found: list[Any] = []
    for folder, folders, files in os.walk("/tmp/home"):
        found += [folder, sorted(folders), sorted(files), os.stat(folder).st_mode]
        for name in files:
            stat = os.lstat(f"{folder}/{name}")
            found += [name, stat.st_mode, stat.st_mtime_ns, stat.st_size, stat.st_nlink]
    return found


if __name__ == "__main__":
    if sys.argv[1] == "poorer":
        poorer(int(sys.argv[2]), sys.argv[3], sys.argv[4:])
    print(json.dumps(disposable(json.loads(Path(sys.argv[2]).read_text()))))
