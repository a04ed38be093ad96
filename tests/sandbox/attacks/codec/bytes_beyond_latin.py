# bytes_beyond_latin: bytes that are none
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"b": "\u20ac"}})
