# no_object: frames that are JSON and no object
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
for request in calls():
    for body in (b"[]", b"5", b"null", b'"x"', b"true"):
        frame(body)
