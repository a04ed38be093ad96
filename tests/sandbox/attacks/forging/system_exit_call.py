# system_exit_call: SystemExit(0) in a call
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    raise SystemExit(0)
