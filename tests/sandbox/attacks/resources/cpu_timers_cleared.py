# cpu_timers_cleared: clears timers and alarms, then spins
# control: hangs
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import resource, signal

tried()
signal.alarm(0)
for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
    signal.setitimer(timer, 0)
signal.signal(signal.SIGXCPU, lambda *args: None)
for soft in (10**6, -1):
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, soft))
    except (OSError, ValueError):
        pass
while True:
    pass
