# uneven_pairs: a dict of things that are no pairs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"d": [[1, 2, 3], [], [1]]}})
