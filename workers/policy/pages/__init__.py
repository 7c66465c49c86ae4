"""Texts generated from a policy or its models: the output of `policy check` and `policy explain`, and docs/policy.md."""
