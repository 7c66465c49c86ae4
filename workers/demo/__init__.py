"""The demo: generated events, real workers and a printed report."""
