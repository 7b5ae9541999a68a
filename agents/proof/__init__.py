"""Runs tests to prove them: each in a process of its own, against an app that may be broken on purpose."""
