"""The policy: the agreement between marketing and sales, read from YAML into typed rules, checked and explained."""
