"""Which rep takes it? Rotation, capacity, hours and the fairness ledger."""
