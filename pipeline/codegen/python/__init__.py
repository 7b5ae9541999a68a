"""The generated program as a tree, its text, and the check that only allowed syntax is in it."""
