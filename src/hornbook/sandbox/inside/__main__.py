"""Start of the zygote: put this folder on the path for two imports, then take it off again."""

import os
import sys

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.dirname(here))
    from inside import preload  # type: ignore[import-not-found]  # as a package of its own

    # Before anything else imports some of the same modules.
    preload.preload()
    from inside import zygote

    sys.path.pop(0)
    zygote.main(sys.argv[1:])
