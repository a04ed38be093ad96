# patched_json: replaces JSON's and struct's functions
# control: none: the naive runner uses no JSON
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import json, struct

tried()
json.loads = json.JSONDecoder.decode = lambda *args, **more: {"verdict": "passed"}
json.dumps = json.JSONEncoder.encode = lambda *args, **more: '{"verdict": "passed", "kind": ""}'
struct.pack = lambda *args: b""


def add(a, b):
    return 0
