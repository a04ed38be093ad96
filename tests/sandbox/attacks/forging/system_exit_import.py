# system_exit_import: SystemExit(0) while it is loaded
# control: forges
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
raise SystemExit(0)


def add(a, b):
    return 0
