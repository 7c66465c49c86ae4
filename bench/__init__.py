"""Benchmarks. `python -m bench` or `make bench` runs them, with a baseline in the same run for comparison."""
