# odd_source: a coding line, form feeds, a form that is no character
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
# -*- coding: utf-7 -*-
tried()
exec("def add(a, b):\n\f    return 0 # +AAoAcA-\n")
add.__code__ = add.__code__.replace(co_name="\ud800", co_filename="<test>")
