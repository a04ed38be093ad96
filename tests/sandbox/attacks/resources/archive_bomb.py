# archive_bomb: a kilobyte that unpacks to a gigabyte
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import zlib

tried()
packer = zlib.compressobj(1)
bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(700)) + packer.flush()
held, unpacker = [], zlib.decompressobj()
try:
    for _ in range(14):
        held.append(unpacker.decompress(bomb, 50 << 20))
        bomb = unpacker.unconsumed_tail
    evidence("700 MB unpacked")
except MemoryError:
    pass


def add(a, b):
    return 0
