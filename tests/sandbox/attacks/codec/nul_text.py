# nul_text: NUL and control characters in values
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": "\x00\x1b]0;x\x07\x1b[2J"})
