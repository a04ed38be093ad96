# clocks: sets clocks
# control: none: needs privileges everywhere
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, time

libc = ctypes.CDLL(None, use_errno=True)
tried()
for clock in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC):
    try:
        time.clock_settime(clock, 0)
        evidence(f"clock {clock} was set")
    except OSError:
        pass
buffer = ctypes.create_string_buffer(256)
for number, args in ((164, (buffer, None)), (159, (buffer,)), (305, (0, buffer))):
    if libc.syscall(ctypes.c_long(number), *args) >= 0 and number != 159:
        evidence(f"clock call {number}")


def add(a, b):
    return 0
