# deep_value: a value a thousand levels deep
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
value = 0
for _ in range(1000):
    value = [value]
for request in calls():
    frame(b'{"id":"' + request["id"].encode() + b'","v":' + b"[" * 900 + b"]" * 900 + b"}")
