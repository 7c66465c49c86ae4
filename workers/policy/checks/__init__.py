"""Checks of a policy. Each module finds one kind of contradiction and returns it as problems with line numbers."""
