"""Keeps hostile programs from being imported as tests, or for their examples."""

collect_ignore_glob = ["attacks/*"]
