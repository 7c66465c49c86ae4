"""Floor 7: how is a hand-off opened, reassigned, withdrawn and published? Imports stages and the floors below."""
