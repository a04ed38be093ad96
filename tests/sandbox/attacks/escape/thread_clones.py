# thread_clones: threads that try to leave its filters
# machine: x86_64
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, threading

libc = ctypes.CDLL(None, use_errno=True)
tried()


def inside():
    for words, args in (("fork", (57,)), ("socket", (41, 2, 1, 0)), ("unshare", (272, 0x10000000))):
        found = libc.syscall(*map(ctypes.c_long, args))
        if found == 0 and words == "fork":
            libc._exit(0)
        if found >= 0:
            evidence(f"{words} in a thread")


thread = threading.Thread(target=inside)
thread.start()
thread.join()


def add(a, b):
    return 0
