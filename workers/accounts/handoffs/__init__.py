"""Floor 7: how is a hand-off opened, moved, withdrawn and published? Imports stages and the floors below."""
