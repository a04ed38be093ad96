# questions_without_end: calls the test's function for ever
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    while True:
        say({"in": request["id"], "op": "call", "j": 0, "a": [1], "k": {"d": []}})
        next_request()
