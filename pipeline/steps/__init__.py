"""From events to steps: what the user did, and what each step changed."""
