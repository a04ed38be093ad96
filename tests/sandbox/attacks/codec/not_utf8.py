# not_utf8: a frame that is no UTF-8
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(b'{"id":"' + request["id"].encode() + b'","v":"\xff\xfe\xc0\x80"}')
