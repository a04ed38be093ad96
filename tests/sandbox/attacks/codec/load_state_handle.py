# load_state_handle: answers the load with objects of kinds that don't exist
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
request = next_request()
tried()
say({"id": request["id"], "v": {"h": [0, "exception:AssertionError"]}})
