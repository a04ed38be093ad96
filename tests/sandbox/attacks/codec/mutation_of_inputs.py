# mutation_of_inputs: writes into arguments that it was never given
# problem: with_inputs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": 0, "m": [[]]})
