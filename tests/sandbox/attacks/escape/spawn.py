# spawn: posix_spawn, popen and system
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, subprocess

tried()
for words, attempt in (
    ("posix_spawn", lambda: os.posix_spawn("/bin/true", ["true"], {})),
    ("subprocess", lambda: subprocess.run(["/bin/true"], check=True)),
    ("popen", lambda: 1 / (os.popen("echo x").read() == "x\n")),
    ("system", lambda: 1 / (os.system("true") == 0)),
):
    try:
        attempt()
        evidence(words)
    except Exception:
        pass


def add(a, b):
    return 0
