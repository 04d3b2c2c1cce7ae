"""Access logs: each line alone, and once."""
