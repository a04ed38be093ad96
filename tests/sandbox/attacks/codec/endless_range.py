# endless_range: a range that is longer than memory
# problem: countdown
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"r": [0, 2**62, 1]}})
