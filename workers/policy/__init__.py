"""The written agreement: YAML to typed rules, its linter and its definitions page."""
