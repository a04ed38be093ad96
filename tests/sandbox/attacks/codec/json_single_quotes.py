# json_single_quotes: a Python literal in place of JSON
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(repr({"id": request["id"], "v": 5}).encode())
