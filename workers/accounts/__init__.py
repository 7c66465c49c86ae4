"""The accounts hop: what is a lead worth, and to whom is it assigned? One ordered log per account."""
