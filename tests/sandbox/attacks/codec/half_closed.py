# half_closed: shuts one direction of its line down
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import socket, time

loaded()
line = socket.socket(fileno=0)
line.shutdown(socket.SHUT_WR)
time.sleep(0.2)
