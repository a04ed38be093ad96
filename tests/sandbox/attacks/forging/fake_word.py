# fake_word: writes verdict lines to every descriptor and ends
# control: none: no descriptor of the naive runner takes a verdict
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for fd in range(256):
    for line in (
        b'ready\n{"status": "ok", "kind": "", "reason": ""}\n',
        b'{"verdict": "passed", "kind": ""}\n',
    ):
        try:
            os.write(fd, line)
        except OSError:
            break
os._exit(0)


def add(a, b):
    return 0
