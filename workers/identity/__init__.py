"""Who and when: addresses, domains, lead ids, an event's own time, and whether it was seen before. Pure."""
