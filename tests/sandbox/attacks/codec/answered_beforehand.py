# answered_beforehand: right answers to all calls before the first
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for value in (5, 0, 30):
    say({"id": "", "v": value})
    say({"v": value})
    say({"id": None, "v": value})
