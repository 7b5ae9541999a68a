"""Mutated recordings, events and bodies against a real machine, between good journeys."""
