# deep_json: JSON a million levels deep
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(
        b'{"id":"' + request["id"].encode() + b'","v":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"
    )
