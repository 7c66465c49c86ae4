"""The contract with every other system: one module per event."""
