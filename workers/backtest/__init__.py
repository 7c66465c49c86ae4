"""Backtests: two policies over the same history, compared lead by lead.

`policy_run.py` runs the hops and writes compact lines, `lead_lines.py` defines them, `comparison.py` merges the lines of two
runs. Nothing here writes a policy, and no line holds an address.
"""
