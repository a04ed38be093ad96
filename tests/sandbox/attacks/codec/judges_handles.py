# judges_handles: objects of the judge's that it never gave
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"j": [0, "function"]}})
