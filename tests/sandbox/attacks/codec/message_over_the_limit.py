# message_over_the_limit: parts that together are over the limit
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    for _ in range(9):
        raw((4 << 20 | 1 << 31).to_bytes(4, "little") + b" " * (4 << 20))
