"""What elements, addresses, words and messages of a page mean. Every later stage asks here."""
