# handmade_right: right answers by hand, without the harness: the raw line works
# expect: passed
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": request["a"][0] + request["a"][1]})
