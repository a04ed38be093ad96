# passes_descriptors: sends and receives descriptors over its line and over pairs
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import array, socket

tried()
rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1]))]
try:
    a, b = socket.socketpair()
    a.sendmsg([b"x"], rights)
    b.recvmsg(1, socket.CMSG_LEN(4))
    evidence("passed a descriptor to itself")
except OSError:
    pass
for fd in range(0, 64):
    try:
        line = socket.socket(fileno=fd)
        line.sendmsg([b"x"], rights)
        evidence(f"passed a descriptor by {fd}")
    except OSError:
        pass
    finally:
        try:
            line.detach()
        except NameError:
            pass


def add(a, b):
    return 0
