"""Judgements by a language model: which texts, how many, for how much, and how far to trust them."""
