# out_of_band: bytes out of band in the middle of a frame
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import socket

loaded()
line = socket.socket(fileno=0)
for request in calls():
    data = framed({"id": request["id"], "v": 0})
    line.send(data[:10])
    try:
        line.send(b"passed", socket.MSG_OOB)
    except OSError:
        pass
    line.send(data[10:])
