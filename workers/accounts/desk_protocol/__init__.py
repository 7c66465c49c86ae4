"""Floor 9: which one request does an account have open at a desk? Imports evaluation and the floors below."""
