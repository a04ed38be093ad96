"""The fork server: a small process that runs one program at a time in a limited child.

It is started as a script (`python -I -S server.py MODE`), imports the standard library alone and
speaks JSON lines: a request {source, cpu_seconds, wall_seconds, memory_mb, output_bytes} on
standard input, an answer {status, reason, seconds, output} on standard output. MODE `isolated`
takes away the network and every write to the file system before the first program, and refuses
to serve where the kernel can't do so; MODE `plain` sets limits only, for programs of our own.
"""

# What generated code commonly imports, loaded once and shared by every child.
import collections  # noqa: F401
import ctypes
import datetime  # noqa: F401
import functools  # noqa: F401
import heapq  # noqa: F401
import itertools  # noqa: F401
import json
import math  # noqa: F401
import os
import random  # noqa: F401
import re  # noqa: F401
import resource
import select
import signal
import string  # noqa: F401
import sys
import time
import typing  # noqa: F401

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 1, 38, 36
CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
LANDLOCK_CREATE, LANDLOCK_RESTRICT = 444, 446
# Rights of Landlock's first ABI but execute, read file and read folder, and what came later: moving
# between folders (2), truncating (3). Together all that changes a file's content or name.
LANDLOCK_WRITES = 0x1FFF & ~0b1101
LANDLOCK_LATER = {2: 1 << 13, 3: 1 << 14}


def isolate(libc: ctypes.CDLL) -> list[str]:
    """Take away the network and all writing. Returns what could not be had, with its errno."""
    missing = []
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) != 0:
        missing.append(f"user and network namespaces: {os.strerror(ctypes.get_errno())}")
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    abi = libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    later = sum(right for since, right in LANDLOCK_LATER.items() if since <= abi)
    handled = ctypes.c_uint64(LANDLOCK_WRITES | later)
    ruleset = libc.syscall(LANDLOCK_CREATE, ctypes.byref(handled), ctypes.c_size_t(8), 0)
    if ruleset < 0 or libc.syscall(LANDLOCK_RESTRICT, ruleset, 0) != 0:
        missing.append(f"Landlock: {os.strerror(ctypes.get_errno())}")
    if ruleset >= 0:
        os.close(ruleset)
    return missing


def limit(request: dict) -> None:
    """The child's own limits; none of them can be raised again."""
    memory = request["memory_mb"] << 20
    cpu = max(1, -(-int(request["cpu_seconds"] * 1000) // 1000))
    bounds = [
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ]
    if sys.platform == "linux":
        bounds.append((resource.RLIMIT_AS, memory))
    for kind, value in bounds:
        resource.setrlimit(kind, (value, value + 1 if kind == resource.RLIMIT_CPU else value))


def child(request: dict, verdict: int, output: int) -> None:
    """Run the program and report. Never returns."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2), (verdict, 3)):
        os.dup2(source, target)
    os.closerange(4, 256)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    limit(request)
    status, reason = "error", ""
    try:
        code = compile(request["source"], "<program>", "exec")
        exec(code, {"__name__": "__main__"})
        status = "ok"
    except MemoryError:
        status, reason = "memory", "MemoryError"
    except BaseException as error:
        reason = describe(error, request["source"])
    try:
        sys.stdout.flush()
    except BaseException:
        pass
    os.write(3, json.dumps({"status": status, "reason": reason[:2000]}).encode() + b"\n")
    os._exit(0)


def describe(error: BaseException, source: str) -> str:
    """The error's name and message, and the line of the program where it was raised."""
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<program>":
            line = trace.tb_lineno
        trace = trace.tb_next
    lines = source.splitlines()
    if line is None or not 0 < line <= len(lines):
        return message
    return f"{message} at `{lines[line - 1].strip()}`"


def serve_one(request: dict) -> dict:
    verdict_read, verdict_write = os.pipe()
    output_read, output_write = os.pipe()
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            child(request, verdict_write, output_write)
        finally:
            os._exit(1)
    os.close(verdict_write)
    os.close(output_write)
    said, output, expired = watch(request, verdict_read, output_read, started)
    kill_group(pid)
    _, code, usage = os.wait4(pid, 0)
    reap_strays()
    answer = judge(said, code, expired, usage, request)
    return {**answer, "seconds": time.monotonic() - started, "output": output}


def watch(request: dict, verdict: int, output: int, started: float) -> tuple:
    """Collect verdict and capped output until the verdict is whole or the time is over.

    A pipe that a grandchild still holds open is not waited for.
    """
    said, text, expired = b"", b"", False
    open_pipes = {verdict, output}
    while verdict in open_pipes or output in open_pipes:
        left = request["wall_seconds"] - (time.monotonic() - started)
        decided = said.endswith(b"\n") or verdict not in open_pipes
        if decided:
            left = 0
        elif left <= 0:
            expired = True
            break
        ready, _, _ = select.select(list(open_pipes), [], [], left)
        full = len(text) >= request["output_bytes"]
        if decided and (not ready or full):
            break
        for pipe in ready:
            piece = os.read(pipe, 65536)
            if not piece:
                open_pipes.discard(pipe)
            elif pipe == verdict:
                said += piece[: 8192 - len(said)]
            else:
                text += piece[: request["output_bytes"] - len(text)]
    os.close(verdict)
    os.close(output)
    return said, text.decode("utf-8", "backslashreplace"), expired


def judge(said: bytes, code: int, expired: bool, usage, request: dict) -> dict:
    """Silence, nonsense and death are never a success."""
    if expired:
        return {"status": "timed_out", "reason": f"over {request['wall_seconds']} s"}
    if os.WIFSIGNALED(code) and not said:
        number = os.WTERMSIG(code)
        spent = usage.ru_utime + usage.ru_stime
        if number == signal.SIGXCPU or spent >= request["cpu_seconds"]:
            return {"status": "timed_out", "reason": f"over {request['cpu_seconds']} s of CPU"}
        return {"status": "error", "reason": f"killed by {signal.Signals(number).name}"}
    try:
        answer = json.loads(said)
        return {"status": str(answer["status"]), "reason": str(answer["reason"])}
    except (ValueError, KeyError, TypeError):
        return {"status": "error", "reason": "ended without a verdict"}


def kill_group(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def reap_strays() -> None:
    """End what a program left behind: as subreaper we inherit every orphan of our children."""
    path = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    for _ in range(20):
        try:
            with open(path) as handle:
                orphans = [int(word) for word in handle.read().split()]
        except OSError:
            orphans = []
        for orphan in orphans:
            kill_group(orphan)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.005)


def main() -> None:
    missing: list[str] = []
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        if sys.argv[1] == "isolated":
            missing = isolate(libc)
    elif sys.argv[1] == "isolated":
        missing = [f"namespaces and Landlock: not on {sys.platform}"]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(json.dumps({"missing": missing}), flush=True)
    if missing:
        return
    for line in sys.stdin:
        print(json.dumps(serve_one(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
