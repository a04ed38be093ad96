"""From text to numbered tokens: tokenizer, packed documents, mixtures, order (phi-1 2.3)."""

from hornbook.tokens.batches import Batches, Window
from hornbook.tokens.config import HELD_OUT, TABLES, Epochs, TokensSettings
from hornbook.tokens.held_out import for_validation
from hornbook.tokens.ledger import Ledger, Times
from hornbook.tokens.mixture import Mixture
from hornbook.tokens.packed import Packed, write_packed
from hornbook.tokens.pretrained import what_enters
from hornbook.tokens.stage import run
from hornbook.tokens.tokenizer import Tokenizer, train_tokenizer

__all__ = [
    "HELD_OUT",
    "TABLES",
    "Batches",
    "Epochs",
    "Ledger",
    "Mixture",
    "Packed",
    "Times",
    "Tokenizer",
    "TokensSettings",
    "Window",
    "for_validation",
    "run",
    "train_tokenizer",
    "what_enters",
    "write_packed",
]
