"""The commands of `lead-router`, and their shared parts: errors, progress, and reading of topics and files."""
