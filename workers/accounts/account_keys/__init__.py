"""Floor 10: which account does a key belong to, and how does it move? Imports desk_protocol and below."""
