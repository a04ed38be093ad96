# callback_identity: sends through the test's function what can't be sent back
# problem: identity
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(int):
    __eq__ = lambda self, other: True
    __hash__ = None


import sys

tried()
solution = sys.modules.get("inside.solution")
if solution is not None:
    ask = solution.Solution.ask

    def twisted(self, op, number, args, kwargs):
        self._channel.send(
            {
                "in": self._current,
                "op": op,
                "j": number,
                "k": {"d": []},
                "a": [{"h": [0, "exception:ValueError"]}],
            }
        )
        self._channel.receive()
        return 0

    solution.Solution.ask = twisted


def through(f, x):
    f(x)
    return Yes()
