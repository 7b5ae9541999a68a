"""The journeys of the harness's apps once more, each with other users, values, detours and mistakes."""

from bench.flows.journeys import dokuwiki, labelstudio, miniwob, tiddlywiki, wagtail
from bench.flows.journeys.script import JOURNEYS, Journey, Turn

__all__ = ["JOURNEYS", "Journey", "Turn", "dokuwiki", "labelstudio", "miniwob", "tiddlywiki", "wagtail"]
