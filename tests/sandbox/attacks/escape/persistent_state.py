# persistent_state: changes modules, built-ins and caches for the next run
# again: a second run looks for what the first changed
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import builtins, gc, json, math, os, random, re, signal, sys

tried()
for module in (math, builtins, json, sys, re, os, random):
    if hasattr(module, "HOSTILE"):
        evidence(f"{module.__name__} remembers")
    module.HOSTILE = 1
if (
    os.environ.get("HOSTILE")
    or os.umask(0o777) == 0o777
    or signal.getsignal(signal.SIGUSR1) != signal.SIG_DFL
):
    evidence("the process remembers")
os.environ["HOSTILE"] = "1"
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
json.loads = json.JSONDecoder.decode = math.isclose = builtins.len = lambda *args: 0
sys.setrecursionlimit(50)
gc.disable()


def add(a, b):
    return 0
