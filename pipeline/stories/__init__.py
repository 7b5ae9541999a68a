"""From a closed window to a story: steps, what came of them, title, sentence, and the key of its flow."""

from pipeline.stories.borders import build_stories
from pipeline.stories.build import build_story

__all__ = ["build_stories", "build_story"]
