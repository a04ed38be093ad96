# class_is_constant: its class gives the same plain value whatever it is called with
# control: forges
# problem: money
# expect: marked
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Money:
    def __new__(cls, *args):
        return 0


def add_money(a, b):
    tried()
    return 0
