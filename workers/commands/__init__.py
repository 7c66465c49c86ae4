"""The commands of `lead-router`, one module each."""
