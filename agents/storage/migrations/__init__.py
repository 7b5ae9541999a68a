"""Forward migrations, run at start."""
