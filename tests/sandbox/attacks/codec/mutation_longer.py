# mutation_longer: more arguments than were given
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": sum(request["a"]), "m": [1, 2, 3]})
