# question_for_names: asks the judge for attributes and built-ins by name
# problem: apply
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    for op in ("get", "name", "eval", "method", "set"):
        say(
            {
                "in": request["id"],
                "op": op,
                "j": 0,
                "n": "__globals__",
                "a": ["__globals__"],
                "k": {"d": []},
            }
        )
        reply = next_request()
        if "check" in str(reply):
            evidence("the judge's globals came back")
    say({"id": request["id"], "v": 0})
