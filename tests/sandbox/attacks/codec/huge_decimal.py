# huge_decimal: an integer of a hundred thousand digits
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(b'{"id":"' + request["id"].encode() + b'","v":' + b"9" * 100_000 + b"}")
