"""What the steps of a story were for: each question is decided here once, and everything else asks."""
