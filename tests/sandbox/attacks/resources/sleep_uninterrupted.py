# sleep_uninterrupted: sleeps again after every signal
# control: hangs
# slow: sleeps to the wall clock
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import select, signal

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
tried()
while True:
    try:
        select.select([], [], [], 3600)
    except BaseException:
        pass
