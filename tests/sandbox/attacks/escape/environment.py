# environment: reads the environment, by Python and by the C library
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import ctypes, os, posix

tried()
if "SECRET_TOKEN" in os.environ:
    evidence("environ has the token")
if b"SECRET_TOKEN" in posix.environ:
    evidence("posix.environ has the token")
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
n = 0
while environ and environ[n]:
    if b"CANARY" in environ[n]:
        evidence("the C library's environ has the token")
    n += 1


def add(a, b):
    return 0
