"""What is it worth, and whose is it? One ordered log per account."""
