"""The door to a Ray cluster: where it is, the token that opens it, and what to say where it stays shut.

The token of a cluster comes from `RAY_AUTH_TOKEN_PATH`, `RAY_AUTH_TOKEN` or Ray's own file in the
home folder. It is Ray that reads it; no line of ours does.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, NetworkError, ResourceError

LOCAL = "local"
_ANSWERS_WITHIN = 5.0
_ASKED_EVERY = 2.0
_SILENT_AT_MOST = 20.0
_LOCAL_STORE = 128_000_000
"""Bytes of shared memory for a cluster of our own: payloads are small."""
_TOKEN = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # Nothing of a cluster's log belongs between the lines of a run.
    "RAY_DEDUP_LOGS_SKIP_REGEX": r"(?s).*",
    # Attempts, a second each, to be let in.
    "RAY_NUM_REDIS_GET_RETRIES": "3",
    # Of a cluster of our own: workers are no less urgent than those without Ray.
    "RAY_worker_niceness": "0",
}


def check(address: str) -> None:
    """What can be said beforehand. Raises `ConfigError`."""
    if importlib.util.find_spec("ray") is None:
        raise ConfigError("--engine ray: Ray is not installed; pip install 'hornbook[ray]'")
    if address != LOCAL and not re.fullmatch(r"[^\s:/]+:\d{1,5}", address):
        raise ConfigError(
            f"--address {address!a}: not HOST:PORT of a cluster's head, and not `{LOCAL}`"
        )
    if address != LOCAL:
        _answers(address)


_connected: tuple[str, int] | None = None
_own_token = secrets.token_hex(32)
"""Of all clusters that this process begins: Ray reads it once."""


def connect(address: str, workers: int) -> None:
    """Be the driver of that cluster; leaves any other one."""
    global _connected
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    given = any(os.environ.get(name) for name in _TOKEN)
    if address == LOCAL or given or (Path.home() / ".ray" / "auth_token").is_file():
        # Ray decides when it is imported, and asks for no token unless told to.
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    import ray

    asked = (address, workers if address == LOCAL else 0)
    if ray.is_initialized():
        if asked == _connected:
            return
        ray.shutdown()
    _connected = None
    quiet = {"log_to_driver": False, "logging_level": "CRITICAL"}
    if address == LOCAL:
        _begin_local(workers, quiet)
    else:
        try:
            with _without_errors():
                ray.init(address=address, **quiet)
        except (ConnectionError, RuntimeError, ray.exceptions.RayError) as error:
            raise ConfigError(f"--address {address}: {_refusal(error)}") from None
    _connected = asked


class Head:
    """The one process that a cluster can't do without, asked now and then whether it is there.

    Ray itself waits a minute for it, and then ends the process that asked.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._heard = self._asked = time.monotonic()
        self.silent = False

    def answers(self) -> bool:
        """Raises `NetworkError` once it has been silent for too long."""
        now = time.monotonic()
        if self.silent or now - self._asked > _ASKED_EVERY:
            self._asked = now
            try:
                _knock(self._address, _ASKED_EVERY)
            except OSError as error:
                self.silent = True
                if now - self._heard > _SILENT_AT_MOST:
                    raise NetworkError(
                        f"the head of the cluster at {self._address} has not answered for"
                        f" {_SILENT_AT_MOST:g} s ({error}). What was finished is kept: start the"
                        " cluster again and run the same command"
                    ) from None
            else:
                self.silent, self._heard = False, now
        return not self.silent


def _knock(address: str, seconds: float) -> None:
    host, port = address.rsplit(":", 1)
    socket.create_connection((host.strip("[]"), int(port)), seconds).close()


def _answers(address: str) -> None:
    try:
        _knock(address, _ANSWERS_WITHIN)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"--address {address}: nobody answers there ({error}); is the cluster's head running"
            " (`ray start --head`)?"
        ) from None


def _refusal(error: Exception) -> str:
    if "token" in str(error) and "no authentication token" in str(error):
        return "the cluster wants a token, and there is none; set RAY_AUTH_TOKEN_PATH"
    if isinstance(error, ConnectionError):
        return (
            "somebody answers there but does not let us in: the token is wrong or missing"
            " (RAY_AUTH_TOKEN_PATH), or it is no Ray cluster"
        )
    return short(error)


def short(error: Exception) -> str:
    """The end of an error's text, which says most, in one line."""
    return " ".join(str(error).split())[-300:]


def _begin_local(workers: int, quiet: dict[str, Any]) -> None:
    """A cluster of our own, behind a token that only our processes can read."""
    import ray

    # Sockets lie in it, whose names may have a hundred letters only.
    where = "/tmp" if len(tempfile.gettempdir()) > 40 else None  # noqa: S108 - a place, no name
    folder = Path(tempfile.mkdtemp(prefix="hornbook-ray-", dir=where))
    own = not any(os.environ.get(name) for name in _TOKEN)
    if own:
        token = folder / "token"
        token.touch(0o600)
        token.write_text(_own_token)
        os.environ["RAY_AUTH_TOKEN_PATH"] = str(token)
    try:
        with _without_errors():
            ray.init(
                address=LOCAL,
                num_cpus=workers,
                include_dashboard=False,
                object_store_memory=_LOCAL_STORE,
                _temp_dir=str(folder),
                **quiet,
            )
    except Exception as error:
        raise ResourceError(f"--engine ray: no cluster of its own began: {short(error)}") from None
    finally:
        if own:
            del os.environ["RAY_AUTH_TOKEN_PATH"]
        atexit.register(_end_local, folder)


@contextmanager
def _without_errors() -> Iterator[None]:
    """Ray's own core writes warnings past Python; what they mean is said in our words."""
    sys.stderr.flush()
    saved, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nothing)


def _end_local(folder: Path) -> None:
    import ray

    ray.shutdown()
    shutil.rmtree(folder, ignore_errors=True)
