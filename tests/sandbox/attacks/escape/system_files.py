# system_files: reads accounts, host name, addresses, machine ids
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
for path in (
    "/etc/passwd",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/machine-id",
    "/etc/resolv.conf",
    "/etc/shadow",
    "/var/log/dpkg.log",
    "/sys/class/net/lo/address",
    "/sys/kernel/notes",
    "/boot",
    "/var/lib/dpkg/status",
    "/proc/cpuinfo",
    "/proc/version",
):
    try:
        with open(path, "rb") as file:
            if file.read(16):
                evidence(f"read {path}")
    except OSError:
        pass


def add(a, b):
    return 0
