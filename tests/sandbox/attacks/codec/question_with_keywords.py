# question_with_keywords: keyword arguments whose names are no names
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    for key in (1, None, "x y", "\x00", "__class__"):
        say({"in": request["id"], "op": "call", "j": 0, "a": [1], "k": {"d": [[key, 1]]}})
        next_request()
    say({"id": request["id"], "v": 0})
