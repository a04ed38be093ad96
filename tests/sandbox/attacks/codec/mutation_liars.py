# mutation_liars: changes its arguments into objects of its own
# problem: with_inputs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"h": [1, "object"]}, "m": [[{"h": [1, "object"]}] * 3]})
