# privileges: becomes root, takes capabilities, changes its groups
# control: none: refused everywhere
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
tried()
for words, attempt in (
    ("uid 0", lambda: os.setuid(0)),
    ("gid 0", lambda: os.setgid(0)),
    ("groups", lambda: os.setgroups([0])),
    ("resuid", lambda: os.setresuid(0, 0, 0)),
):
    try:
        attempt()
        evidence(words)
    except OSError:
        pass
head = (ctypes.c_uint32 * 2)(0x20080522, 0)
full = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
if libc.capset(head, full) == 0:
    evidence("capabilities")
if os.getuid() == 0 or os.geteuid() == 0:
    evidence("it runs as root")


def add(a, b):
    return 0
