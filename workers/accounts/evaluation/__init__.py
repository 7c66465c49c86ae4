"""Floor 8: what do a lead's facts and counts make of it now: stage, score, expiry? Imports handoffs and below."""
