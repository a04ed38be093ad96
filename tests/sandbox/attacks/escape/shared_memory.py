# shared_memory: shared memory, queues and semaphores of System V
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
tried()
if libc.shmget(0x686F7374, 4096, 0o1666) >= 0:
    evidence("shared memory")
if libc.msgget(0x686F7374, 0o1666) >= 0:
    evidence("a queue")
if libc.semget(0x686F7374, 1, 0o1666) >= 0:
    evidence("a semaphore")


def add(a, b):
    return 0
