"""The `directory` worker: the last version of each CRM record, and messages about what changed."""
