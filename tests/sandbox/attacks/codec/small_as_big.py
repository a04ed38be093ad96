# small_as_big: small integers in the form of big ones
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"i": hex(sum(request["a"]))}})
