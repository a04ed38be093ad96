# kinds_of_handles: answers calls with handles of every kind
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
kinds = [
    "function",
    "iterator",
    "class",
    "object",
    "",
    "exception:Exception",
    "__class__",
    "function",
]
loaded()
for request in calls():
    say({"id": request["id"], "v": {"h": [0, kinds.pop()]}})
