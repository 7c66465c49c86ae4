"""Texts made from a policy or its models: the outputs of `policy check` and `policy explain`, and docs/policy.md."""
