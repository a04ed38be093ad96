"""What several tests share: where material that does not ship with the project lies."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import hypothesis
import pytest

from tests.tiny_run import finished, recipe

__all__ = ["finished", "recipe"]

# Whatever libraries would ask the hub or tell it: not from here, whichever test comes first.
os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script, whose children would never hear of Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


# A test's time is that of the machine and of whatever else runs on it; benchmarks/ measures.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


def shared(variable: str) -> Path:
    """The folder that an environment variable names; skips, or fails where it must be there."""
    named = os.environ.get(variable)
    if named and Path(named).is_dir():
        return Path(named)
    message = f"{variable} names no folder"
    if os.environ.get("HORNBOOK_REQUIRE_SHARED"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def benchmark_files() -> Path:
    return shared("HORNBOOK_BENCHMARKS")


@pytest.fixture
def teacher_files() -> Path:
    return shared("HORNBOOK_TEACHER")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never touch the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
