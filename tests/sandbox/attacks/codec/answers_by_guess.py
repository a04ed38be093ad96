# answers_by_guess: a flood of answers with guessed ids while a call waits
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
import os

data = b"".join(framed({"id": os.urandom(8).hex(), "v": 5}) for _ in range(2000))
raw(data)
