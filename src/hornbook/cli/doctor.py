"""`hornbook doctor`: what this machine can do, found by trying."""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shutil

from hornbook import __version__
from hornbook.benchmarks import CATALOGUE, benchmark_folder, find
from hornbook.errors import HornbookError, SandboxUnavailable


def doctor(_options: argparse.Namespace) -> int:
    import psutil

    print(f"hornbook {__version__}, Python {platform.python_version()}, {platform.platform()}")
    memory = psutil.virtual_memory()
    print(
        f"{os.cpu_count()} processor cores, {memory.total / 1e9:.1f} GB memory"
        f" ({memory.available / 1e9:.1f} GB free), {shutil.disk_usage('.').free / 1e9:.1f} GB disk free"
    )
    print(f"torch: {_torch()}")
    print(f"sandbox: {_sandbox()}")
    for entry in CATALOGUE:
        try:
            state = "at hand" if find(entry, benchmark_folder()) else "not at hand"
        except HornbookError as error:
            state = str(error)
        print(f"benchmark {entry.name}: {state}")
    return 0


def _torch() -> str:
    if importlib.util.find_spec("torch") is None:
        return "not installed; training and evaluation need it"
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "processor only"
    return f"{torch.__version__}, {device}"


def _sandbox() -> str:
    from hornbook.sandbox import TIERS, open_sandbox, rules_digest

    try:
        sandbox = open_sandbox()
        hello = sandbox.worker.hello
    except SandboxUnavailable as error:
        return str(error)
    sandbox.close()
    layers = f"Landlock ABI {hello['landlock'] or 'none'}, system-call rules {rules_digest()}"
    missing = "".join(f"; without {layer}: {why}" for layer, why in hello["missing"].items())
    return f"tier {sandbox.tier}, self-test passed ({layers}{missing}): {TIERS[sandbox.tier]}"
