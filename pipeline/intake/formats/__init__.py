"""One reader for each format of events that other producers write."""
