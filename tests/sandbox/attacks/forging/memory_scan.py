# memory_scan: looks for the text of the tests in every object of the process
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import gc, sys


def strings():
    seen, todo = set(), [gc.get_objects(), list(sys.modules.values())]
    for _ in range(4):
        todo = gc.get_referents(*todo)
        todo = [each for each in todo if id(each) not in seen]
        seen.update(map(id, todo))
        yield from (each for each in todo if type(each) is str)


def add(a, b):
    tried()
    needle = ", ".join(["candidate(10", "20)"])
    if any(needle in each and each is not needle for each in strings()):
        evidence("the tests' text is in memory")
    return 0
