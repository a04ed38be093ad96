# question_for_nothing: asks the judge to call an object that it never gave
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"in": request["id"], "op": "call", "j": 0, "a": [], "k": {"d": []}})
    next_request()
