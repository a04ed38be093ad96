# many_elements: more elements than the judge has memory for
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    body = b'{"id":"' + request["id"].encode() + b'","v":[' + b"[]," * 10_000_000 + b"0]}"
    while len(body) > 4 << 20:
        raw((4 << 20 | 1 << 31).to_bytes(4, "little") + body[: 4 << 20])
        body = body[4 << 20 :]
    frame(body)
