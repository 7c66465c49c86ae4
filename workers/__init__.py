"""The lead router: stream workers from what people do to who owns the lead."""
