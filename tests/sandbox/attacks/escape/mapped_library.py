# mapped_library: writes to the shared pages of libraries that all processes map
# control: none: private mappings everywhere
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, mmap, os

tried()
libc = ctypes.CDLL(None, use_errno=True)
try:
    fd = os.open(os.__file__, os.O_RDONLY)
    mmap.mmap(fd, 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
    evidence("a shared writable mapping of the library")
except (OSError, ValueError):
    pass
try:
    held = mmap.mmap(fd, 4096, mmap.MAP_SHARED, mmap.PROT_READ)
    address = libc.mmap
    if libc.mprotect(ctypes.c_void_p(0), 4096, 3) == 0:
        evidence("mapped page 0")
except (OSError, ValueError):
    pass


def add(a, b):
    return 0
