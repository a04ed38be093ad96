"""What the Hugging Face hub hands out, and its errors in words that say what to do.

The hub library's own settings hold: `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_OFFLINE`, `HF_TOKEN`, proxies.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from hornbook.errors import NetworkError, ResourceError, SourceError, from_os_error

Kind = Literal["model", "dataset"]

_NAME = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_WORDS = {"model": "a model", "dataset": "a data set"}


def first_line(error: Exception) -> str:
    """What an error of a library says first, or its name where it says nothing.

    >>> first_line(ValueError("no such file\\n\\nlong advice")), first_line(KeyError())
    ('no such file', 'KeyError')
    """
    return str(error).strip().partition("\n")[0] or type(error).__name__


@dataclass(frozen=True, slots=True)
class HubName:
    """OWNER/NAME[@REVISION], and what it is the name of."""

    repository: str
    revision: str | None = None
    kind: Kind = "model"

    @classmethod
    def read(cls, text: str, kind: Kind = "model") -> Self | None:
        """The name that `text` is, or None where it can't be one, as a path can't.

        >>> HubName.read("microsoft/phi-1@main")
        HubName(repository='microsoft/phi-1', revision='main', kind='model')
        >>> HubName.read("./phi"), HubName.read("models/phi/one")
        (None, None)
        """
        match = _NAME.fullmatch(text)
        if match is None or text.startswith((".", "-")):
            return None
        return cls(match["repository"], match["revision"], kind)

    def commit(self, place: str) -> str:
        """The commit that the name stands for; the hub is asked unless its revision is one.

        Raises `SourceError` or `NetworkError`; `place` says for whom.
        """
        if self.revision is not None and _COMMIT.fullmatch(self.revision):
            return self.revision
        with self._explained(place):
            from huggingface_hub import HfApi

            found = HfApi().repo_info(self.repository, revision=self.revision, repo_type=self.kind)
            return str(found.sha)

    def snapshot(self, wanted: Sequence[str], place: str, cache: Path | None = None) -> Path:
        """The folder with the files that are like `wanted`, in `cache` or the library's own.

        What is there is not fetched again. Raises `SourceError` where the hub has no such
        repository or does not give it to this user, `NetworkError` where it can't be reached,
        `ResourceError` where the disk is full.
        """
        with self._explained(place):
            from huggingface_hub import snapshot_download

            found = snapshot_download(
                self.repository,
                revision=self.revision,
                repo_type=self.kind,
                cache_dir=cache,
                allow_patterns=list(wanted),
            )
            return Path(found)

    def file(self, name: str, place: str) -> Path | None:
        """One file of the repository, fetched, or None where it has none of that name.

        Raises as `snapshot` does.
        """
        with self._explained(place):
            from huggingface_hub import hf_hub_download
            from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

            try:
                found = hf_hub_download(
                    self.repository, name, revision=self.revision, repo_type=self.kind
                )
            except LocalEntryNotFoundError:
                raise  # It isn't here and the hub could not be asked, so it may well have one.
            except EntryNotFoundError:
                return None
            return Path(found)

    @contextmanager
    def _explained(self, place: str) -> Iterator[None]:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        from huggingface_hub.errors import (
            GatedRepoError,
            HFValidationError,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )

        try:
            yield
        except GatedRepoError as error:
            raise SourceError(
                f"{place}: the hub gives {self.repository} only to those who accepted its terms;"
                f" do so on its page, and set HF_TOKEN ({first_line(error)})"
            ) from error
        except (RepositoryNotFoundError, RevisionNotFoundError, HFValidationError) as error:
            raise SourceError(
                f"{place}: neither a folder here nor {_WORDS[self.kind]} on the hub"
                f" ({first_line(error)}); correct the name or its revision"
            ) from error
        except Exception as error:
            # Of what lies below the library (its HTTP client, its transfers) no list can be made.
            full = from_os_error(error) if isinstance(error, OSError) else None
            if isinstance(full, ResourceError):
                raise full from error
            raise NetworkError(
                f"{place}: not a folder here, and the hub could not be reached"
                f" ({first_line(error)}); run the same command again, which goes on where this"
                " one stopped, or give a folder that holds the files"
            ) from error
