# exception_group: names an exception group, a Unicode error, an OSError, with odd arguments
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
names = [
    ("ExceptionGroup", ["x", []]),
    ("UnicodeDecodeError", ["a", {"b": "x"}, -5, 10**9, "y"]),
    ("OSError", [2, "x", "\x00", 5, "z"]),
    ("ImportError", [1, 2, 3]),
]
for request in calls():
    name, args = names.pop()
    say({"id": request["id"], "e": [[name], args], "at": 10**400})
