# foreign_fork: a fork by a 32-bit system call
# machine: x86_64
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, mmap

tried()
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b802000000cd80c3"))
pid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
if pid == 0:
    ctypes.CDLL(None)._exit(0)
if pid > 0:
    evidence("forked by a 32-bit system call")


def add(a, b):
    return 0
