# unhashable_key: a dict with a dict as key
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"d": [[{"d": []}, 1]]}})
