# cpu_python: an endless loop in Python
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
while True:
    pass
