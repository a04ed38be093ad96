# nan_keys: a dict with several NaN keys
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(
        b'{"id":"'
        + request["id"].encode()
        + b'","v":{"d":[[NaN,1],[NaN,2],[Infinity,3],[-0.0,4],[0,5]]}}'
    )
