# frame_over_the_limit: a frame one byte over the limit
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    head = b'{"id":"' + request["id"].encode() + b'","v":5,"x":"'
    frame(head + b"x" * ((4 << 20) - len(head) - 1) + b'"}')
