# wrong_id: an answer with an id of its own
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": "0" * 16, "v": sum(request["a"])})
