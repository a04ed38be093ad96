# json_doubled_keys: JSON that has a key twice, an id that is wrong and right
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(('{"id":"x","id":"%s","v":5,"v":0}' % request["id"]).encode())
