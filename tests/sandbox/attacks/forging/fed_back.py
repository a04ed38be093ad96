# fed_back: returns what can't be handed over again, so that the test runs beside it
# problem: round_trip
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(str):
    def __eq__(self, other):
        return True

    __hash__ = None


import sys

tried()
solution = sys.modules.get("inside.solution")
if solution is not None:
    solution.Solution._work = lambda self, request: {"v": {"h": [0, "exception:ValueError"]}}


def turn(text):
    return Yes("no")
