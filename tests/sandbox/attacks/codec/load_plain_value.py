# load_plain_value: answers the load with a plain value
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
request = next_request()
tried()
say({"id": request["id"], "v": True})
