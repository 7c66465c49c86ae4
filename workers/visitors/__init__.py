"""Who is this? Identity, repeats and bounded history, per visitor."""
