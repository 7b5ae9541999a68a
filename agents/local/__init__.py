"""What runs on one machine: a broker from Kafka's jars, and the processes of `journeywright up`."""
