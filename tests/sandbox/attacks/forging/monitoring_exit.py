# monitoring_exit: events of sys.monitoring that end the process with success
# control: none: needs Python 3.12
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os, sys

monitoring = getattr(sys, "monitoring", None)
if monitoring is not None:
    monitoring.use_tool_id(1, "x")
    monitoring.register_callback(1, monitoring.events.RAISE, lambda *args: os._exit(0))
    monitoring.set_events(1, monitoring.events.RAISE)


def add(a, b):
    tried()
    return 0
