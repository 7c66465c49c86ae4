"""Floor 6: which stage is a lead in, and is a hand-off due? Writes nothing. Imports routing and the floors below."""
