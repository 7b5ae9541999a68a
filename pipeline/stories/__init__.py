"""From a closed window to a story: steps, what came of them, title, sentence, and the key of its flow.

`borders.build_stories` is what others ask for.
"""
