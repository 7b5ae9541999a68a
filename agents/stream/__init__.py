"""The stream: the Faust app, its agents, and what they need of Kafka."""
