# finalizer_hang: hangs in a finalizer
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Last:
    def __del__(self):
        while True:
            pass


tried()
last = Last()
del last
