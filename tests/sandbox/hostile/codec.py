"""Attacks on what crosses between solution and judge."""

from __future__ import annotations

from tests.sandbox.hostile import Attack

_RETURNS = {
    "deep": "x = []\n    for _ in range(100000): x = [x]\n    return x",
    "cyclic": "x = []; x.append(x)\n    return x",
    "huge-list": "return [0] * 50_000_000",
    "huge-text": "return 'x' * 40_000_000",
    "huge-int": "return 10 ** 200_000",
    "nan": "return float('nan')",
    "infinite": "return float('inf')",
    "minus-zero": "return -0.0 if a == -1 else 5.000000000001",
    "surrogate": "return '\\ud800\\udfff'",
    "nul": "return '\\x00' * 99",
    "bytes": "return bytes(range(256)) * 99",
    "ellipsis": "return ...",
    "module": "import os\n    return os",
    "type": "return int",
    "own-function": "return add",
    "frame": "import sys\n    return sys._getframe()",
    "memoryview": "return memoryview(b'5')",
    "half-true": "return [5] if a == 2 else None",
}

VALUES = [
    Attack(f"returns-{name}", f"def add(a, b):\n    {text}\n") for name, text in _RETURNS.items()
]

_FRAME = """
import json, os, struct
def frame(message, size=None):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack('<I', len(body) if size is None else size) + body
def send(*parts):
    for part in parts: os.write(0, part)
def receive():
    size = struct.unpack('<I', os.read(0, 4))[0]
    return json.loads(os.read(0, size))
"""


def _raw(name: str, lines: str) -> Attack:
    """An attack that answers by itself at import, or before it is asked, and then goes on."""
    return Attack(f"sends-{name}", _FRAME + lines + "\ndef add(a, b): return 0\n")


_AFTER_LOAD = """
load = receive()
send(frame({'id': load['id'], 'v': {'h': [0, 'function']}}))
call = receive()
"""

FRAMES = [
    _raw("answers-beforehand", "send(*(frame({'id': '0' * 16, 'v': v}) for v in (5, 0, 30)))"),
    _raw("nothing-but-zeros", "send(b'\\0' * 4096)"),
    _raw("a-length-of-2-to-the-31", "send(frame(b'{}', 2**31))"),
    _raw("a-length-of-2-to-the-32", "send(frame(b'{}', 2**32 - 1))"),
    _raw("one-byte-over-the-limit", "send(frame(b'1' * ((4 << 20) + 1)))"),
    _raw("exactly-the-limit", "send(frame(b' ' * (4 << 20)))"),
    _raw("half-a-frame", "send(b'\\x05\\0\\0\\0{\"i'); os._exit(0)"),
    _raw("no-text", "send(frame(b'\\xff\\xfe\\x00' * 9))"),
    _raw(
        "trailing-data",
        "load = receive(); send(frame(json.dumps({'id': load['id'], 'v': None}).encode() + b' {}'))",
    ),
    _raw("a-list", "load = receive(); send(frame([load['id'], 5]))"),
    _raw("deep-json", "send(frame(b'[' * 2_000_000))"),
    _raw("a-flood-of-small-frames", "\nwhile True: send(frame({}) * 999)"),
    _raw(
        "a-slow-drip",
        "import time\nfor byte in frame({'id': 1}):\n    send(bytes([byte])); time.sleep(1)",
    ),
    _raw("more-frames-without-end", "\nwhile True: send(frame(b' ' * 65536, 65536 | 2**31))"),
    *(
        _raw(f"after-load-{name}", _AFTER_LOAD + f"send(frame({text}))\n")
        for name, text in (
            ("a-stale-id", "{'id': load['id'], 'v': 5}"),
            ("no-id", "{'v': 5}"),
            ("a-list-as-id", "{'id': [call['id']], 'v': 5}"),
            ("no-value", "{'id': call['id']}"),
            ("an-unknown-tag", "{'id': call['id'], 'v': {'z': 5}}"),
            ("two-tags", "{'id': call['id'], 'v': {'t': [5], 's': [5]}}"),
            ("no-tag", "{'id': call['id'], 'v': {}}"),
            ("a-set-of-lists", "{'id': call['id'], 'v': {'s': [[1]]}}"),
            ("a-key-twice", "{'id': call['id'], 'v': {'d': [[1, 1], [1, 1]]}}"),
            ("a-small-int-in-long-form", "{'id': call['id'], 'v': {'i': '0x5'}}"),
            ("an-endless-int", "{'id': call['id'], 'v': {'i': 'f' * 3_000_000}}"),
            ("a-foreign-object", "{'id': call['id'], 'v': {'j': [0, 'function']}}"),
            ("a-negative-object", "{'id': call['id'], 'v': {'j': [-1, '']}}"),
            ("a-handle-that-is-no-number", "{'id': call['id'], 'v': {'h': ['x', 'object']}}"),
            ("an-exception-that-is-none", "{'id': call['id'], 'e': 5}"),
            (
                "an-exception-of-many-names",
                "{'id': call['id'], 'e': [['Exception'] * 99999, [{}]]}",
            ),
            ("arguments-that-were-not-given", "{'id': call['id'], 'v': 5, 'm': [1, 2, 3]}"),
            (
                "a-call-out-of-turn",
                "{'in': load['id'], 'op': 'call', 'j': 0, 'a': [], 'k': {'d': []}}",
            ),
            (
                "a-call-of-nothing",
                "{'in': call['id'], 'op': 'call', 'j': 7, 'a': [], 'k': {'d': []}}",
            ),
            ("a-call-without-arguments", "{'in': call['id'], 'op': 'call', 'j': 0}"),
            ("the-verdict", "{'verdict': 'passed', 'id': call['id']}"),
            ("that-it-needs-one-process", "{'verdict': 'needs-in-process', 'reason': ''}"),
        )
    ),
    _raw("two-answers", _AFTER_LOAD + "send(frame({'id': call['id'], 'v': 0}) * 2)"),
    _raw(
        "colliding-keys",
        _AFTER_LOAD
        + "send(frame({'id': call['id'], 'v': {'s': [i * (2**61 - 1) for i in range(150000)]}}))",
    ),
    _raw(
        "many-empty-lists", _AFTER_LOAD + "send(frame({'id': call['id'], 'v': [[]] * 1_000_000}))"
    ),
    _raw("ready-again", "send(frame({'ready': 1}) * 99)"),
]

CHANGES = [
    Attack(
        "changes-arguments-into-another-kind",
        "def add(a, b):\n    a[0] = a\n    return 0\n",
        test="def check(candidate):\n    x = [1, 2]\n    assert candidate(x, 0) == 3\n",
    ),
    Attack(
        "changes-arguments-without-measure",
        "def add(a, b):\n    a.extend(range(3_000_000))\n    return 0\n",
        test="def check(candidate):\n    x = [1, 2]\n    assert candidate(x, 0) == 3\n",
    ),
    Attack(
        "calls-back-without-end",
        "def add(a, b):\n    while True: a(b)\n",
        test="def check(candidate):\n    assert candidate(lambda x: x, 3) == 3\n",
    ),
    Attack(
        "calls-back-ever-deeper",
        "def add(a, b):\n    return a(b)\n",
        test="def check(candidate):\n    def again(x):\n        return candidate(again, x)\n    assert candidate(again, 3) == 3\n",
    ),
    Attack(
        "calls-back-with-rubbish",
        "def add(a, b):\n    for x in (..., add, [[]] * 9, object()):\n        try: a(x)\n        except Exception: pass\n    return 0\n",
        test="def check(candidate):\n    assert candidate(lambda x: x, 3) == 3\n",
    ),
]

ATTACKS_ON_THE_CODEC = [*VALUES, *FRAMES, *CHANGES]
