# frame_at_the_limit: a frame of exactly the limit, and a wrong value in it
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    head = b'{"id":"' + request["id"].encode() + b'","v":"'
    frame(head + b"x" * ((4 << 20) - len(head) - 2) + b'"}')
