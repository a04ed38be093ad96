# exit_hang: hangs in an exit handler
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import atexit, time


@atexit.register
def hang():
    while True:
        time.sleep(1)


def add(a, b):
    tried()
    raise SystemExit(3)
