# not_a_number: NaN, where every comparison is false
# problem: near
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(b'{"id":"' + request["id"].encode() + b'","v":NaN}')
