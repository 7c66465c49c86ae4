"""A real Kafka for a laptop, and the demo's events."""
