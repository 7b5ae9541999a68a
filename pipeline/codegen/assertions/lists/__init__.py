"""Rows and items as assertions: whose they are, what of them was found, and that one is gone."""
