# exception_name_not_text: a class whose __mro__ and names are no text
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Meta(type):
    @property
    def __mro__(cls):
        return [cls, 5, None]

    @property
    def __name__(cls):
        return 5


class Bad(Exception, metaclass=Meta):
    pass


def add(a, b):
    tried()
    raise Bad("x")
