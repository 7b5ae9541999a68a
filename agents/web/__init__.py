"""The web port: events in, stories, tests and journeys out, docs, metrics and probes. Views of the Faust app."""
