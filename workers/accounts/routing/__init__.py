"""Whose is it by right? The policy's routes, partners and territories."""
