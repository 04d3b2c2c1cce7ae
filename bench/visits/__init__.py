"""Benchmarks of visits: counting, the beacon, robots, releases."""
