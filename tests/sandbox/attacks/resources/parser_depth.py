# parser_depth: source so deep that the compiler gives up
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
tried()
for text in (
    "(" * 100_000,
    "-" * 100_000 + "1",
    "[" * 5000 + "]" * 5000,
    "x" + ".x" * 100_000,
    "lambda:" * 5000 + "1",
):
    try:
        compile(text, "x", "exec")
    except BaseException:
        pass


def add(a, b):
    return 0
