"""What is known and allowed of a person: visits, contacts, consent, erasure."""
