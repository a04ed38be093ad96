# exception_handles: an exception with objects of the solution's as its arguments
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "e": [["ValueError"], [{"h": [0, "object"]}]]})
    for request in calls():
        say({"id": request["id"], "e": [["SystemExit"], [{"h": [0, "object"]}]]})
