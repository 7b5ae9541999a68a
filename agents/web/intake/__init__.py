"""Events over HTTP: our own format, what an unmodified posthog-js sends, and the way of both into Kafka."""
