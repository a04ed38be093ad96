# stale_id: answers with the id of the request before
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
last = loaded()
for request in calls():
    say({"id": last, "v": sum(request["a"])})
    last = request["id"]
