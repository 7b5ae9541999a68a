"""The dashboard in a real browser, over a real machine with the demonstration's data."""
