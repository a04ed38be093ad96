# returns_itself: returns functions, modules, coroutines and classes
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
async def later():
    return 5


def add(a, b):
    tried()
    return {2: add, -1: __import__("os")}.get(a, later)
