# callback_after_the_call: a thread goes on calling the test's function after the call ended
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import threading, time


def apply(f, x):
    tried()

    def later():
        while True:
            try:
                f(1)
            except BaseException:
                pass

    threading.Thread(target=later, daemon=True).start()
    time.sleep(0.02)
    return 0
