# class_text: objects that all have the same text
# control: forges
# problem: money_text
# expect: marked
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Money:
    def __init__(self, *args):
        pass

    def __repr__(self):
        return "same"


def add_money(a, b):
    tried()
    return Money()
