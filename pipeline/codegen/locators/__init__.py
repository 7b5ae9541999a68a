"""Ways to find elements, as code: which one is best, what names are matched by, and CSS where that is needed."""
