# mutation_none: changed arguments that are none
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": sum(request["a"]), "m": 5})
