# line_options: options of its line: buffers, credentials, filters, linger
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import socket, struct

loaded()
line = socket.socket(fileno=0)
for option in range(1, 80):
    for value in (b"\x01\0\0\0", b"\xff\xff\xff\x7f", struct.pack("HxxxxxxP", 1, 0)):
        try:
            line.setsockopt(socket.SOL_SOCKET, option, value)
        except OSError:
            pass
for request in calls():
    say({"id": request["id"], "v": 0})
