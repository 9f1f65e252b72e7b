"""Hostile and damaged checkpoint folders, run through every way in; see README.md above."""
