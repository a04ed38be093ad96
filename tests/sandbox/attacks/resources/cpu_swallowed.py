# cpu_swallowed: a loop that swallows every exception
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
