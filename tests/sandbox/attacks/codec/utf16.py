# utf16: a frame in UTF-16
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(('{"id":"%s","v":5}' % request["id"]).encode("utf-16"))
