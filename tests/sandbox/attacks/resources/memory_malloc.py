# memory_malloc: memory from the C library, past Python
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
tried()
got = 0
for _ in range(140):
    if not libc.malloc(5 << 20):
        break
    got += 5
if got >= 600:
    evidence(f"{got} MB by malloc")


def add(a, b):
    return 0
