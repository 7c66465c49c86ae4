"""Figures as ratios to a baseline that runs beside them: `python -m bench`, or `make bench`."""
