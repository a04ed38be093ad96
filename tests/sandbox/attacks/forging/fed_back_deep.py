# fed_back_deep: returns values so deep that they can't be handed over again
# problem: round_trip
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(str):
    def __eq__(self, other):
        return True

    __hash__ = None


import sys

tried()
value = "x"
for _ in range(60):
    value = [value]
solution = sys.modules.get("inside.solution")
if solution is not None:
    solution.Solution._work = lambda self, request: {"v": value}


def turn(text):
    return Yes("no")
