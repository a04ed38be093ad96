# two_replies_right_first: two answers to every call, so that the second meets the next call
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": 5})
    say({"id": request["id"], "v": 5})
