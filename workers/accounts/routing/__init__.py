"""Floor 5: which owner, rep, desk or partner is an account assigned to? Writes nothing. Imports worth and below."""
