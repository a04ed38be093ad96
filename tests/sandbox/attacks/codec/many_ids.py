# many_ids: an id that is a list of all ids, an object, a number, nothing
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": [request["id"]], "v": sum(request["a"])})
    say({"id": {"d": [[request["id"], 1]]}, "v": 5})
    say({"id": None, "v": 5})
