# bool_for_int: true where 1 is expected, and lists of one
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": [sum(request["a"])]})
