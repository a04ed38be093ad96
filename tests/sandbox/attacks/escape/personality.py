# personality: execution domains, input and output ports, segments
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
tried()
if libc.personality(0x0040000) >= 0:
    evidence("personality")
if libc.iopl(3) == 0:
    evidence("iopl")
if libc.syscall(ctypes.c_long(154), 0, ctypes.create_string_buffer(64), 64) >= 0:
    evidence("modify_ldt")


def add(a, b):
    return 0
