# byte_order_mark: a frame with a byte order mark
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    frame(b"\xef\xbb\xbf" + ('{"id":"%s","v":5}' % request["id"]).encode())
