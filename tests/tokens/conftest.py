"""Tokenizers of others, which do not ship with the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import shared


@pytest.fixture(scope="session")
def tokenizer_files() -> Path:
    """A folder with gpt2/ (encoder.json, vocab.bpe) and codegen/ (tokenizer.json)."""
    return shared("HORNBOOK_TOKENIZERS")
