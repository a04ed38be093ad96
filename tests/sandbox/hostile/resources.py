"""Attacks on time, memory, disk and whoever waits."""

from __future__ import annotations

from tests.sandbox.hostile import Attack

_ADD = "\ndef add(a, b): return 0\n"

SLOW = [
    Attack("loops", "while True: pass"),
    Attack(
        "loops-and-swallows",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ),
    Attack("backtracks", "import re\nre.match('(a+)+$', 'a' * 40 + 'b')" + _ADD),
    Attack("computes-in-c", "sum(range(10**13))" + _ADD),
    Attack("powers", "x = 7 ** (7 ** 9)" + _ADD),
    Attack(
        "ignores-its-limit",
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
    ),
    Attack("sleeps", "import time\ntime.sleep(99)" + _ADD),
    Attack(
        "waits-for-itself",
        "import threading\nlock = threading.Lock()\nlock.acquire(); lock.acquire()" + _ADD,
    ),
    Attack(
        "stops-itself",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nimport time; time.sleep(99)"
        + _ADD,
    ),
    Attack(
        "hangs-at-its-end",
        "import atexit, time\natexit.register(time.sleep, 99)\ndef add(a, b): raise SystemExit",
    ),
    Attack(
        "threads-that-loop",
        "import threading\ndef spin():\n    while True: pass\nfor _ in range(8): threading.Thread(target=spin).start()"
        + _ADD,
    ),
    Attack(
        "raises-its-limits",
        "import resource\nfor kind in range(16):\n    try: resource.setrlimit(kind, (-1, -1)); print('EVIDENCE limit', kind) if kind in (0, 1, 9) else None\n    except (OSError, ValueError): pass\nwhile True: pass",
        "",
    ),
]

QUICK = [
    Attack("takes-memory", "x = bytearray(4 << 30)" + _ADD),
    Attack("grows", "x = []\nwhile True: x.append(bytearray(1 << 20))"),
    Attack("grows-in-c", "x = 'x'\nwhile True: x = x * 10"),
    Attack(
        "maps-memory", "import mmap\nkept = []\nwhile True: kept.append(mmap.mmap(-1, 1 << 26))"
    ),
    Attack(
        "hides-memory-in-files",
        "import os\ntotal = 0\nfor n in range(60):\n    try:\n        with open(str(n), 'wb') as f:\n            for _ in range(20): total += f.write(b'm' * (1 << 20))\n    except OSError: pass\nif total > 64 << 20: print('EVIDENCE', total)"
        + _ADD,
        "",
    ),
    Attack(
        "makes-sparse-files",
        "import os\ntry:\n    with open('s', 'wb') as f: f.truncate(1 << 40)\n    print('EVIDENCE sparse')\nexcept OSError: pass"
        + _ADD,
    ),
    Attack(
        "makes-many-files",
        "n = 0\ntry:\n    for n in range(9999): open(f'f{n}', 'w').close()\nexcept OSError: pass\nif n > 1000: print('EVIDENCE', n)"
        + _ADD,
    ),
    Attack(
        "makes-a-deep-tree",
        "import os\ntry:\n    for n in range(2000): os.mkdir('d' * 200); os.chdir('d' * 200)\nexcept OSError: pass"
        + _ADD,
    ),
    Attack(
        "makes-folders-nobody-may-enter",
        "import os\ntry:\n    for n in range(20): os.mkdir(f'n{n}', 0)\nexcept OSError: pass"
        + _ADD,
    ),
    Attack(
        "floods-output",
        "import os\nfor _ in range(3000):\n    for f in (1, 2): os.write(f, b'A' * 65536)" + _ADD,
    ),
    Attack(
        "makes-threads",
        "import threading, time\nthreading.stack_size(32768)\nn = 0\ntry:\n    for n in range(3000): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\nexcept Exception: pass\nif n > 500: print('EVIDENCE', n)"
        + _ADD,
    ),
    Attack(
        "opens-descriptors",
        "import os\nn = 0\ntry:\n    while n < 5000: os.dup(1); n += 1\nexcept OSError: pass\nif n > 1000: print('EVIDENCE', n)"
        + _ADD,
    ),
    Attack("closes-descriptors", "import os\nos.closerange(0, 256)" + _ADD),
    Attack(
        "overwrites-descriptors",
        "import os\nr, w = os.pipe()\nfor n in range(20):\n    try: os.dup2(w, n)\n    except OSError: pass"
        + _ADD,
    ),
    Attack("recurses", "def add(a, b): return add(a, b)"),
    Attack(
        "recurses-in-c", "import sys\nsys.setrecursionlimit(10**9)\ndef add(a, b): return add(a, b)"
    ),
    Attack("crashes", "import ctypes\nctypes.string_at(0)" + _ADD),
    Attack("aborts", "import os\nos.abort()" + _ADD),
    Attack("kills-itself", "import os\nos.kill(os.getpid(), 9)" + _ADD),
    Attack("reads-input", "x = input()" + _ADD),
    Attack("cannot-be-parsed", "x = " + "(" * 5000 + _ADD),
    Attack("is-very-long", "x = 1\n" * 100_000 + _ADD),
    Attack("has-odd-text", "# \u202e\x0c\x1b]0;title\x07\n" + _ADD),
]
