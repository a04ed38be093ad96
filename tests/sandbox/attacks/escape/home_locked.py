# home_locked: locks, leases and watches on the user's files
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, fcntl, os

libc = ctypes.CDLL(None, use_errno=True)
tried()
fd = libc.inotify_init()
if fd >= 0:
    evidence("inotify")
    if libc.inotify_add_watch(fd, b"@HOME@", 0xFFF) >= 0:
        evidence("watches home")
if libc.syscall(ctypes.c_long(300), 0, 0) >= 0:
    evidence("fanotify")
try:
    file = os.open("@HOME@/victim.txt", os.O_RDONLY)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    evidence("locked")
    fcntl.fcntl(file, 1024, fcntl.F_RDLCK)
    evidence("leased")
except OSError:
    pass


def add(a, b):
    return 0
