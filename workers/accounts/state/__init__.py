"""Floor 1: what is stored about an account and its leads? Rows and their parts. Imports no other floor."""
