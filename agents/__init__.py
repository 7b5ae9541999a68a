"""The edges: Kafka, Faust, HTTP, storage, the embedder, the command line, and where they are put together."""
