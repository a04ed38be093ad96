# two_replies: two answers to every call, the second right
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": 0})
    say({"id": request["id"], "v": sum(request["a"])})
