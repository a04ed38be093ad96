# kernel_surface: rings, filters, counters, faults, modules, swap
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(256)
tried()
for words, args in (
    ("io_uring", (425, 4, buffer)),
    ("bpf", (321, 0, buffer, 48)),
    ("perf", (298, buffer, 0, -1, -1, 0)),
    ("userfaultfd", (323, 1)),
    ("memfd", (319, b"x", 0)),
    ("memfd_secret", (447, 0)),
    ("init_module", (175, buffer, 0, b"")),
    ("kexec", (246, 0, 0, 0, 0)),
    ("swapon", (167, b"/box/x", 0)),
    ("reboot", (169, 1, 2, 3, 0)),
    ("acct", (163, None)),
    ("quotactl", (179, 0, None, 0, 0)),
    ("syslog", (103, 10, buffer, 16)),
    ("kcmp", (312, 1, 1, 0, 0, 0)),
    ("vmsplice", (278, 1, buffer, 1, 0)),
    ("name_to_handle", (303, -100, b"/", buffer, buffer, 0)),
    ("lookup_dcookie", (212, 0, buffer, 1)),
    ("pkey", (330, 0, 0)),
    ("migrate", (256, 0, 1, buffer, buffer)),
    ("rt_sigqueue", (129, 1, 0, buffer)),
    ("set_mempolicy", (238, 0, None, 0)),
    ("timer", (222, 1, None, buffer)),
):
    if libc.syscall(*[ctypes.c_long(x) if isinstance(x, int) else x for x in args]) >= 0:
        evidence(words)


def add(a, b):
    return 0
