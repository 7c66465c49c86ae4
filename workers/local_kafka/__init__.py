"""A real Kafka broker on one machine: downloaded, started and stopped by this program."""
