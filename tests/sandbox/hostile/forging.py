"""Attacks on the verdict: wrong answers that want to pass."""

from __future__ import annotations

from tests.sandbox.hostile import Attack

_LIAR = """
class Yes({base}):
    __hash__ = object.__hash__
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __bool__(self): return True
    def __sub__(self, other): return 0
    __rsub__ = __add__ = __radd__ = __sub__
def add(a, b): return Yes({value})
"""

_BASES = {
    "object": "",
    "int": "7",
    "float": "7.5",
    "str": "'no'",
    "list": "[7]",
    "tuple": "(7,)",
    "dict": "{7: 7}",
    "set": "{7}",
}

LIARS = [
    Attack(f"lying-{base}", _LIAR.format(base=base, value=value), "in-process")
    for base, value in _BASES.items()
]

_NEAR = """def check(candidate):
    assert abs(candidate(2, 3) - 5) < 1e-6
    assert candidate(2, 3) > 4
    assert 5 in candidate(2, 3)
"""

FORGERIES = [
    *LIARS,
    Attack("lying-arithmetic", _LIAR.format(base="object", value=""), test=_NEAR),
    Attack(
        "lying-metaclass",
        """
class Meta(type):
    def __eq__(cls, other): return True
    def __hash__(cls): return 0
    def __instancecheck__(cls, other): return True
def add(a, b): return Meta('int', (), {})
""",
        "in-process",
    ),
    Attack(
        "lying-class-attribute",
        """
class Seven:
    @property
    def __class__(self): return int
    def __eq__(self, other): return True
def add(a, b): return Seven()
""",
        "in-process",
    ),
    Attack(
        "numbers-that-say-yes",
        """
class Yes:
    def __eq__(self, other): return True
    def __float__(self): raise ValueError
    def __index__(self): return 5
    def __len__(self): return 5
    def __iter__(self): return iter([5])
    def __getitem__(self, key): return 5
    def __getattr__(self, name): return lambda *a, **k: True
def add(a, b): return Yes()
""",
        "in-process",
    ),
    Attack(
        "methods-that-say-yes",
        """
class Yes:
    def __getattr__(self, name): return lambda *a, **k: True
def add(a, b): return Yes()
""",
        test="def check(candidate):\n    assert candidate('a', 'b').startswith('a')\n    assert candidate('a', 'b').endswith('b')\n",
    ),
    Attack(
        "exit-code-0-at-import",
        "import sys\ndef add(a, b): return 0\nsys.exit(0)\n",
    ),
    Attack("hard-exit-0-in-call", "import os\ndef add(a, b): os._exit(0)\n"),
    Attack(
        "exit-in-a-thread",
        "import os, threading\nthreading.Thread(target=os._exit, args=(0,)).start()\ndef add(a, b): return 0\n",
    ),
    Attack(
        "exit-handler",
        "import atexit, os\natexit.register(lambda: os.write(1, b'passed'))\ndef add(a, b): raise SystemExit(0)\n",
    ),
    Attack(
        "empty-assertions",
        """
import sys
def add(a, b):
    frame = sys._getframe(1)
    frame.f_globals['__builtins__'] = dict(vars(__import__('builtins')))
    frame.f_trace = lambda *x: None
    frame.f_globals['check'] = lambda f: None
    return frame.f_lineno and 0
""",
    ),
    Attack(
        "frames-of-the-caller",
        """
import sys
def add(a, b):
    frame = sys._getframe()
    while frame:
        for space in (frame.f_locals, frame.f_globals):
            for name, value in list(space.items()):
                if name in ('result', 'results', 'verdict', 'status', 'answer'):
                    try: value.append('passed')
                    except Exception: space[name] = 'passed'
        frame = frame.f_back
    return 0
""",
    ),
    Attack(
        "expected-value-from-the-callers-code",
        """
import sys
def add(a, b):
    code = sys._getframe(1).f_code
    wanted = [c for c in code.co_consts if isinstance(c, int)]
    return {2: 5, -1: 0, 10: 30}[a] if code.co_name == 'check' else 0
""",
        "in-process",
    ),
    Attack(
        "patched-assertion-error",
        """
import builtins
class Quiet(Exception): pass
builtins.AssertionError = Quiet
def add(a, b): raise SystemExit
""",
    ),
    Attack(
        "patched-built-ins",
        """
import builtins, json, operator
for module in (builtins, operator):
    for name in ('eq', 'isinstance', 'abs', 'all', 'any', 'len', 'type', 'repr'):
        if hasattr(module, name): setattr(module, name, lambda *a, **k: True)
json.dumps = lambda *a, **k: '{"verdict": "passed"}'
def add(a, b): return 0
""",
    ),
    Attack(
        "patched-harness",
        """
import sys
for name, module in list(sys.modules.items()):
    if 'inside' in name or 'codec' in name or 'judge' in name or 'peer' in name:
        for key, value in list(vars(module).items()):
            if callable(value) and not key.startswith('__'):
                try: setattr(module, key, lambda *a, **k: {'verdict': 'passed', 'v': 5})
                except Exception: pass
def add(a, b): return 0
""",
    ),
    Attack(
        "trace-and-profile-hooks",
        "import sys, threading\nfor hook in (sys.settrace, sys.setprofile, threading.settrace):\n"
        "    hook(lambda frame, event, arg: None)\nsys.excepthook = lambda *a: None\n"
        "sys.addaudithook(lambda *a: None)\ndef add(a, b): return 0\n",
    ),
    Attack(
        "collected-objects",
        """
import gc
for thing in gc.get_objects():
    try:
        if isinstance(thing, dict):
            for key in ('verdict', 'passed', 'kind', 'expected', 'status'):
                if key in thing: thing[key] = 'passed'
        if isinstance(thing, list): thing.append('passed') if len(thing) == 0 else None
    except Exception: pass
def add(a, b): return 0
""",
    ),
    Attack(
        "printed-success",
        "print('passed', flush=True)\nprint('{\"verdict\": \"passed\"}', flush=True)\n"
        "def add(a, b):\n    print('OK 3 passed')\n    return 0\n",
    ),
    Attack(
        "success-on-every-descriptor",
        """
import os
line = b'{"verdict": "passed", "kind": "", "reason": "", "trusting": "", "line": 0}\\n'
def add(a, b):
    for number in range(1, 256):
        try: os.write(number, line)
        except OSError: pass
    return 0
""",
    ),
    *(
        Attack(f"raises-{name}", f"def add(a, b): raise {text}\n")
        for name, text in (
            ("SystemExit", "SystemExit(0)"),
            ("KeyboardInterrupt", "KeyboardInterrupt"),
            ("GeneratorExit", "GeneratorExit"),
            ("StopIteration", "StopIteration(5)"),
            ("AssertionError", "AssertionError('5')"),
            ("BaseException", "type('Passed', (BaseException,), {})()"),
            ("liar", "type('StopIteration', (Exception,), {'__str__': lambda s: 1/0})()"),
        )
    ),
    Attack(
        "ends-the-tests-iterator",
        "def add(a, b): raise StopIteration\n",
        "in-process",
        test="def check(candidate):\n    for got, want in zip(map(lambda p: candidate(*p), [(2, 3)]), [5]):\n        assert got == want\n",
    ),
    Attack(
        "swallowed-violation",
        "import os\nos.write(0, b'nonsense' * 9)\ndef add(a, b): return 0\n",
        test="def check(candidate):\n    try:\n        assert candidate(2, 3) == 5\n    except:\n        pass\n",
    ),
    Attack(
        "expected-values-through-a-callback",
        """
def add(a, b):
    import sys
    for name in ('__globals__', '__closure__', '__code__', '_peer'):
        try: print('EVIDENCE' if '5' in repr(getattr(a, name)) else '', getattr(a, name))
        except Exception: pass
    return 0
""",
        test="def check(candidate):\n    assert candidate(lambda x: x, 3) == 5\n",
    ),
    Attack(
        "iterator-without-end",
        "def add(a, b):\n    while True: yield 0\n",
        test="def check(candidate):\n    assert list(candidate(2, 3)) == [5]\n",
    ),
    Attack(
        "iterator-that-lies-about-its-end",
        "def add(a, b):\n    return iter(())\n",
        test="def check(candidate):\n    assert sum(candidate(2, 3)) == 5\n",
    ),
    Attack(
        "replaced-helper",
        "def helper(x): return 0\ndef add(a, b): return 99\n",
        "in-process",
        test="def check(candidate):\n    assert helper(candidate(2, 3) - 5) == 0\n",
        canonical="def helper(x):\n    return x\ndef add(a, b):\n    return a + b\n",
    ),
    Attack(
        "replaced-import",
        "class math:\n    isclose = staticmethod(lambda *a: True)\ndef add(a, b): return 99\n",
        "in-process",
        test="def check(candidate):\n    assert math.isclose(candidate(2, 3), 5)\n",
        canonical="import math\ndef add(a, b):\n    return a + b\n",
    ),
    Attack(
        "reference-replaced-for-inputs",
        "reference = canonical = same = lambda *a: 0\ndef add(a, b): return 0\n",
        test="",
        inputs="[[2, 3], [1, 1]]",
    ),
    Attack(
        "inputs-answered-by-a-liar", _LIAR.format(base="int", value="7"), test="", inputs="[[2, 3]]"
    ),
]
