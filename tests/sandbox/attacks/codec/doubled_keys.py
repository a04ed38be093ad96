# doubled_keys: a dict that has a key twice
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"d": [[1, 2], [1, 3], [True, 4]]}})
