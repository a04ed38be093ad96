# callback_costly: gives the test's function work without end
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def apply(f, x):
    tried()
    big = 1 << 4_000_000
    while True:
        try:
            f(big)
        except Exception:
            pass
