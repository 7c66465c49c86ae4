"""Mappings: how the records of a company's existing streams become events of the contract (docs/sources.md)."""
