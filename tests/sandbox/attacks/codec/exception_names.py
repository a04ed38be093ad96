# exception_names: exceptions by names that are no exceptions
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
loaded()
names = [
    ["AssertionError"],
    ["__import__"],
    ["print", "SystemExit", "BaseException"],
    ["x" * 10**6],
]
for request in calls():
    say({"id": request["id"], "e": [names.pop(), ["passed"]]})
