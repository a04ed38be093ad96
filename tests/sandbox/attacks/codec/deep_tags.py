# deep_tags: tags inside tags
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(b'{"id":"' + request["id"].encode() + b'","v":' + b'{"t":[' * 400 + b"]}" * 400 + b"}")
