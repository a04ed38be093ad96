# raised_limits: raises its own limits
# control: none: an unprivileged process has none to raise
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import resource

tried()
for name in dir(resource):
    if name.startswith("RLIMIT_"):
        soft, hard = resource.getrlimit(getattr(resource, name))
        try:
            resource.setrlimit(getattr(resource, name), (-1, -1))
        except (OSError, ValueError):
            continue
        if hard != -1:
            evidence(f"{name} was raised from {hard}")
for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE"):
    if resource.getrlimit(getattr(resource, name))[1] == -1:
        evidence(f"no {name}")


def add(a, b):
    return 0
