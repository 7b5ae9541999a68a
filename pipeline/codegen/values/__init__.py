"""Values that a test types without knowing them: credentials, what it reads from the page, and what must exist."""
