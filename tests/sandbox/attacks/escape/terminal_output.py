# terminal_output: escape sequences in what it prints
# visible: its output is shown to people
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, sys

tried()
for text in (
    "\x1b[2J\x1b[H",
    "\x1b]0;owned\x07",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m",
    "\x90q\x9c",
    "\r\x1b[Kpassed",
    "\u202epassed\u202c",
    "\x08" * 80,
    "\x00\x7f",
    "\u2066x\u2069",
):
    print(text)
    os.write(2, text.encode("utf-8", "surrogatepass"))
os.write(1, b"\xff\xfe\x9b2J\xc2\x9b2J")


def add(a, b):
    return 0
