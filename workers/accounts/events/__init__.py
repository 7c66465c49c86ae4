"""Floor 11: what happens when this event arrives? One module per event. Imports all floors below."""
