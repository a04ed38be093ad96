# odd_deque: a deque of negative length
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"q": [[1], -5]}})
