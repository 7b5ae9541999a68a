"""What is worth asserting after a step, and how."""
