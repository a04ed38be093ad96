# odd_range: ranges of step 0 and of text
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": [{"r": [0, 1, 0]}, {"r": ["a", 1, 1]}]})
