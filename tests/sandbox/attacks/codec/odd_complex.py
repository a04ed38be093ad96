# odd_complex: complex numbers of text and of integers
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"c": ["1", 2]}})
