"""What is known of one step before any rule is asked."""
