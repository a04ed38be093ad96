# generator_exit: GeneratorExit in a call
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
def add(a, b):
    tried()
    raise GeneratorExit
