# named_memory: shared memory, queues and semaphores by name
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
tried()
if libc.shm_open(b"/hostile", os.O_CREAT | os.O_RDWR, 0o666) >= 0:
    evidence("named memory")
if libc.mq_open(b"/hostile", os.O_CREAT | os.O_RDWR, 0o666, None) >= 0:
    evidence("a named queue")
libc.sem_open.restype = ctypes.c_void_p
if libc.sem_open(b"/hostile", os.O_CREAT, 0o666, 1):
    evidence("a named semaphore")
try:
    open("/dev/shm/hostile", "w").close()
    evidence("a file in shared memory")
except OSError:
    pass


def add(a, b):
    return 0
