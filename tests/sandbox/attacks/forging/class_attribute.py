# class_attribute: its class's own methods and attributes say what its results say
# control: forges
# problem: money_zero
# expect: marked
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Money:
    cents = 7

    def __init__(self, *args):
        pass

    @classmethod
    def zero(cls):
        return cls()


def add_money(a, b):
    tried()
    return Money()
