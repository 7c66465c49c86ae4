"""Checks of a policy: each module finds one kind of contradiction and returns it as problems with their lines."""
