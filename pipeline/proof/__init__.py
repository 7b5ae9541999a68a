"""Proof: what the runs of a test say. Pure: plans, diagnoses, decisions; the running itself is the agents' work."""
