# unknown_tag: a tag that there isn't
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"__reduce__": ["os.system", "true"]}})
