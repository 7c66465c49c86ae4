"""The lead router: stream workers that turn the events of people into leads with exactly one owner."""
