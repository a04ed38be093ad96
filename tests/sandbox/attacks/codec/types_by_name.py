# types_by_name: built-in types that are not on the list
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
names = ["object", "type", "__import__", "eval"]
for request in calls():
    say({"id": request["id"], "v": {"y": names.pop()}})
