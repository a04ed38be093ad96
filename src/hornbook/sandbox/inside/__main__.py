"""Start of the zygote: put this folder on the path for one import, then take it off again."""

import importlib
import os
import sys

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.dirname(here))
    zygote = importlib.import_module("inside.zygote")

    sys.path.pop(0)
    zygote.main(sys.argv[1:])
