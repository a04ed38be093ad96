"""A model by its id on the Hugging Face hub, fetched into a cache of ours."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hornbook.errors import NetworkError, SourceError

WANTED = ("config.json", "*.safetensors", "*.safetensors.index.json", "tokenizer.json")
_ID = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")


def is_hub_id(text: str) -> bool:
    """Whether `text` could name a model on the hub: OWNER/NAME or OWNER/NAME@REVISION.

    >>> is_hub_id("microsoft/phi-1"), is_hub_id("models/phi/one"), is_hub_id("./phi")
    (True, False, False)
    """
    return _ID.fullmatch(text) is not None and not text.startswith((".", "-"))


def fetch(name: str, cache: Path) -> Path:
    """The folder with the model's configuration, safetensors and tokenizer, below `cache`.

    The hub's address is `HF_ENDPOINT`, proxies and tokens are the hub library's own. Files that
    are there already are not fetched again.

    Raises `NetworkError` where the hub can't be reached, `SourceError` where it has no such model.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    repository, _, revision = name.partition("@")
    try:
        found = snapshot_download(
            repository,
            revision=revision or None,
            cache_dir=cache,
            allow_patterns=list(WANTED),
        )
    except (RepositoryNotFoundError, RevisionNotFoundError, HFValidationError) as error:
        raise SourceError(
            f"{name}: neither a folder here nor a model on the hub ({_first_line(error)})"
        ) from error
    except (LocalEntryNotFoundError, OSError) as error:
        raise NetworkError(
            f"{name}: not a folder here, and the hub could not be reached ({_first_line(error)});"
            " the same command goes on where it stopped"
        ) from error
    return Path(found)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
