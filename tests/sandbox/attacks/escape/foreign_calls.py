# foreign_calls: 32-bit system calls by machine code
# machine: x86_64
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, mmap

tried()
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))  # getpid, as 32-bit programs ask for it
pid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
if pid > 0:
    evidence(f"a 32-bit system call gave {pid}")


def add(a, b):
    return 0
