# huge_hexadecimal: an integer of ten million bits
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    say({"id": request["id"], "v": {"i": "0x" + "f" * 2_500_000}})
