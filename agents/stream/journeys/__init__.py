"""The journeys agent: messages of `events` into windows and stories, partition by partition."""
