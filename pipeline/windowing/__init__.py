"""Events grouped by journey, and journeys cut into windows: a pure function of the partition's log."""
