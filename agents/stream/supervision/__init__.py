"""Whether a worker gets on: its progress, what it works at, what it ended at before, and how it ends."""
