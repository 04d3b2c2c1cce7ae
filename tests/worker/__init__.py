"""The worker, its queue and its letters."""
