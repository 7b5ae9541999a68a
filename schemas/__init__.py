"""What travels: frozen, tagged values, their codecs and their limits.

Nothing here does I/O, and nothing here knows `pipeline` or `agents`.
"""
