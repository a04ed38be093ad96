# frames_after_death: leaves frames behind and ends
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

loaded()
for request in calls():
    say({"id": request["id"], "v": sum(request["a"])})
    say({"verdict": "passed", "kind": ""})
    os._exit(0)
