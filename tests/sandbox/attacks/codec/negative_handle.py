# negative_handle: handles below zero and true
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": [{"h": [-1, "object"]}, {"h": [True, "object"]}]})
