"""Dead letters for operators: the open ones, their filters, and the actions on them. Used by `lead-router dlq`."""
