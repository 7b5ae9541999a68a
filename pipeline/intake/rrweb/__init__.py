"""Session recordings of rrweb: cut down at intake, and read as the user's actions when a window closes."""
