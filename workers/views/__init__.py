"""Output records as text for people: one line each, or one page for a decision."""
