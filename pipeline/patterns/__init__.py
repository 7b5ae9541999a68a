"""Patterns: what a story is about, known ones and ones found in the traffic."""
