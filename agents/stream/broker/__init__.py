"""What stands between Faust and Kafka: the app, the topics, batches as they come, sending, and dead letters."""
