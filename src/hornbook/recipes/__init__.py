"""Whole runs: recipes, their stages, and walking them."""
