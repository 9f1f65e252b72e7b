"""Hostile and damaged checkpoint folders, run through every way in; see `tests/hostile/README.md`."""
