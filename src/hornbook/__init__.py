"""Hornbook makes a small language model from textbook-quality data and shows what it is worth."""

__version__ = "0.1.0"
