# text_for_int: numbers as text
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": str(sum(request["a"]))})
