"""Access to the Kafka brokers: connection arguments, cluster facts, and the topics that must exist."""
