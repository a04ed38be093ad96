# base_exception: a BaseException of its own, named like the judge's
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class NeedsInProcess(BaseException):
    pass


def add(a, b):
    tried()
    raise NeedsInProcess("an argument of type int")
