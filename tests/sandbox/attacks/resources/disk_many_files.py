# disk_many_files: more files than anyone needs
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
count = 0
for folder in (".", "/tmp", "/dev/shm"):
    try:
        for n in range(800):
            open(f"{folder}/n{n}", "w").close()
            count += 1
    except OSError:
        pass
if count > 700:
    evidence(f"{count} files")


def add(a, b):
    return 0
