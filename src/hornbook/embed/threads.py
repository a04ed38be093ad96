"""Linear algebra on one thread: its libraries round by the number of theirs, and small matrices gain
nothing from a second one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """While it is entered, matrices are multiplied on one thread, whatever the machine has.

    >>> import numpy as np
    >>> with one_thread():
    ...     (np.eye(2) @ np.ones(2)).tolist()
    [1.0, 1.0]
    """
    found: AbstractContextManager[Any] = _libraries().limit(limits=1, user_api="blas")
    return found


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """Likewise for torch, whose threads are its own."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@lru_cache(maxsize=1)
def _libraries() -> Any:
    import numpy as np  # noqa: F401 - what is not loaded is not found
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
