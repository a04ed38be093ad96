# surrogates: halves of surrogate pairs in values, keys and names
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(
        b'{"id":"' + request["id"].encode() + b'","e":[["\\ud800"],["\\udfff\\u0000"]],"\\ud800":1}'
    )
