# endless_tiny_parts: a message of one-byte parts
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
part = ((1 << 31 | 1).to_bytes(4, "little") + b" ") * 4096
for request in calls():
    while True:
        raw(part)
