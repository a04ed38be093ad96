# hostile_descriptors: attributes of its result ask back, raise and exit
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Bad:
    def __getattribute__(self, name):
        if name == "__class__":
            raise SystemExit(0)
        raise KeyboardInterrupt


def add(a, b):
    tried()
    return Bad()
