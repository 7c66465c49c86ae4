"""The hand-off: asked for at a desk, opened, due, moved, withdrawn."""
