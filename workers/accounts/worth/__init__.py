"""Floor 4: what is a lead worth? Its facts, fit, counts and points. Imports case and the floors below."""
