# lying_length: lengths that are negative, huge and no numbers
# problem: first
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
calls = []


class Bad:
    def __len__(self):
        calls.append(1)
        return (-1, 10**30, 3)[len(calls) % 3]

    def __length_hint__(self):
        return 10**18

    def __iter__(self):
        return iter(())

    def __getitem__(self, key):
        return self


def first(xs):
    tried()
    return Bad()
