"""What runs on the far side of the sandbox's wall: the standard library alone.

The zygote is started as a script (`python -P -s -S inside/__main__.py`), so nothing of the rest of
the package, of its dependencies or of the user's site-packages is in the memory that every child
copies. Modules here import each other relatively and nothing else of Hornbook.
"""
