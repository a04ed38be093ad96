# json_trailing: two JSON texts in one frame
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(('{"id":"%s","v":0}{"id":"%s","v":5}' % (request["id"], request["id"])).encode())
