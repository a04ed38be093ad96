# exception_like_the_judges: exceptions named Closed, ProtocolViolation and SolutionRaised
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
calls = []


def add(a, b):
    tried()
    calls.append(a)
    name = ("Closed", "ProtocolViolation", "SolutionRaised")[len(calls) % 3]
    raise type(name, (Exception,), {})()
