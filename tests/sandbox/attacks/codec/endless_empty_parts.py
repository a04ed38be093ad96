# endless_empty_parts: a message of empty parts that never ends
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
part = (1 << 31).to_bytes(4, "little") * 4096
for request in calls():
    while True:
        raw(part)
