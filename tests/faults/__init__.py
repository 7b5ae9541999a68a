"""The fault suite: real workers on a real broker, live traffic, and something breaking every few seconds. Afterwards
the stories and tests must be those that the pure core computes from the same events, no more, no less.

`python -m tests.faults --seed 1 --count 100` runs it at length and prints a report; `tests/faults/test_faults.py` is
the short form.
"""
