# lying_text: an object whose str() is a lying str
# control: forges
# problem: text
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Text(str):
    def __eq__(self, other):
        return True

    __hash__ = None


class Yes:
    def __str__(self):
        return Text("no")

    __repr__ = __format__ = __str__


def text(x):
    tried()
    return Yes()
