"""Asking a model: batched greedy answers with a key-value cache, and likelihood of text."""
