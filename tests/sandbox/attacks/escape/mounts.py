# mounts: mounts, binds, moves and unmounts
# control: none: needs privileges everywhere
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
tried()
for words, args in (
    ("mount", (165, b"none", b"/box", b"tmpfs", 0, 0)),
    ("bind", (165, b"/", b"/box", None, 4096, 0)),
    ("remount", (165, None, b"/", None, 32 | 4096, 0)),
    ("unmount", (166, b"/box", 2)),
    ("open_tree", (428, -100, b"/", 1)),
    ("fsopen", (430, b"tmpfs", 0)),
    ("move_mount", (429, -100, b"/", -100, b"/box", 0)),
    ("mount_setattr", (442, -100, b"/", 0, b"\0" * 32, 32)),
    ("pivot_root", (155, b".", b".")),
    ("chroot", (161, b"/")),
):
    if libc.syscall(*[ctypes.c_long(x) if isinstance(x, int) else x for x in args]) >= 0:
        evidence(words)


def add(a, b):
    return 0
