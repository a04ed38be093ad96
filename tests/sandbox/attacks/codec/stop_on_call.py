# stop_on_call: answers calls with the end of an iterator
# problem: mapped
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "stop": 1})
