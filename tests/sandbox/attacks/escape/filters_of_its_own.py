# filters_of_its_own: a system-call filter with a listener, a Landlock ruleset
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, struct

libc = ctypes.CDLL(None, use_errno=True)
tried()
libc.prctl(38, 1, 0, 0, 0)
code = ctypes.create_string_buffer(struct.pack("<HBBI", 6, 0, 0, 0x7FFF0000))
head = ctypes.create_string_buffer(struct.pack("@HP", 1, ctypes.addressof(code)))
if libc.syscall(ctypes.c_long(317), 1, 8, head) >= 0:
    evidence("a filter with a listener")
if libc.syscall(ctypes.c_long(444), None, 0, 1) >= 0:
    evidence("Landlock")


def add(a, b):
    return 0
