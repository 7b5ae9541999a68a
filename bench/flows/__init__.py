"""Do stories that do the same thing come together, and only those? Labelled sets, figures, and the worst mistakes."""
