# infinite: infinity and numbers beyond it
# problem: near
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(b'{"id":"' + request["id"].encode() + b'","v":1e999}')
