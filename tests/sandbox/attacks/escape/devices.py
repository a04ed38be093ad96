# devices: device files, terminals, graphics cards
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import fcntl, os

tried()
names = (
    "mem",
    "kmsg",
    "tty",
    "ptmx",
    "console",
    "fuse",
    "kvm",
    "nvidia0",
    "nvidiactl",
    "dri/card0",
    "vda",
    "sda",
    "loop-control",
    "full",
    "net/tun",
    "vsock",
    "shm",
)
for name in names:
    try:
        os.open("/dev/" + name, os.O_RDWR | os.O_NOCTTY) and evidence(f"opened {name}")
    except OSError:
        pass
for words, attempt in (
    ("device node", lambda: os.mknod("node", 0o20666, os.makedev(1, 1))),
    ("fifo", lambda: os.mkfifo("/tmp/hostile-fifo")),
):
    try:
        attempt()
        evidence(words)
    except OSError:
        pass
for fd in range(3):
    for request in (0x5412, 0x540E, 0x541C, 0x4B3A, 0x8901, 0x8902):
        try:
            fcntl.ioctl(fd, request, b"x" * 8)
            evidence(f"ioctl {request:#x}")
        except OSError:
            pass


def add(a, b):
    return 0
