"""The demonstration: a small web shop, its visitors in a real browser, and the way from them to tests that pass."""
