"""The contract with every other system. Each topic has a module with its models."""
