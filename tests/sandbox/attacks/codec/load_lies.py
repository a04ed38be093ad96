# load_lies: says of the program that it passed
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
request = next_request()
tried()
say({"id": request["id"], "v": ["passed", ""]})
