# fed_back_wide: returns a value that grows over the limit when it is handed over again
# problem: round_trip
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE


# ruff: noqa
class Yes(str):
    def __eq__(self, other):
        return True

    __hash__ = None


import sys, json

tried()
solution = sys.modules.get("inside.solution")
if solution is not None:

    def twisted(self, request, answer):
        body = (
            b'{"id":"' + request["id"].encode() + b'","v":"' + "\u20ac".encode() * 8_000_000 + b'"}'
        )
        parts = [body[i : i + (4 << 20)] for i in range(0, len(body), 4 << 20)]
        frames = [
            (len(p) | (1 << 31 if p is not parts[-1] else 0)).to_bytes(4, "little") + p
            for p in parts
        ]
        self._channel.send_frames(b"".join(frames))

    answer = solution.Solution._answer
    solution.Solution._answer = lambda self, r, a: (
        twisted(self, r, a) if r["op"] == "call" else answer(self, r, a)
    )


def turn(text):
    return Yes("no")
