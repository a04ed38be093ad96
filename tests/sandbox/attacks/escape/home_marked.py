# home_marked: changes modes, owners, times and attributes of the user's files
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
tried()
path = "@HOME@/keep/k.txt"
for words, attempt in (
    ("mode", lambda: os.chmod(path, 0o777)),
    ("mode of folder", lambda: os.chmod("@HOME@", 0o700)),
    ("times", lambda: os.utime(path, (1, 1))),
    ("attribute", lambda: os.setxattr(path, "user.x", b"1")),
    ("owner", lambda: os.chown(path, os.getuid(), -1)),
    ("link owner", lambda: os.lchown(path, os.getuid(), -1)),
    ("mode by descriptor", lambda: os.fchmod(os.open(path, os.O_RDONLY), 0o777)),
):
    try:
        attempt()
        evidence(words)
    except OSError:
        pass
for number in (90, 268, 452):
    args = (path.encode(), 0o777) if number == 90 else (-100, path.encode(), 0o777, 0)
    if libc.syscall(ctypes.c_long(number), *args) == 0:
        evidence(f"mode by call {number}")


def add(a, b):
    return 0
