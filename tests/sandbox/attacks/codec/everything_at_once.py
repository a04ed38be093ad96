# everything_at_once: an answer that is a value, an exception, an end, a question and a mutation
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say(
        {
            "id": request["id"],
            "in": request["id"],
            "re": 1,
            "v": sum(request["a"]),
            "stop": 1,
            "e": [["ValueError"], []],
            "m": [0, 0],
            "j": 0,
            "a": [],
            "k": {"d": []},
        }
    )
