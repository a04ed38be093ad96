# question_with_bad_arguments: arguments of a question that are no list and no dict
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"in": request["id"], "op": "call", "j": 0, "a": {"t": []}, "k": 5})
