"""Where an open journey is, for the web views: in this worker's windows, or at which other worker."""

from collections.abc import Sequence

import faust

from agents.stream.journeys.journeys_agent import JourneysAgent
from agents.stream.journeys.repartition import partition_of
from agents.web.services import OpenWindow


class JourneyRouter:
    """Answers by the partition of a journey's id, with the assignment that the group's leader gave out."""

    def __init__(self, app: faust.App, topic: str, partitions: int, agent: JourneysAgent | None) -> None:
        self._app = app
        self._topic = topic
        self._count = self.partitions = partitions
        self._agent = agent

    def worker_of(self, journey_id: str) -> str | None:
        """The URL of the worker that holds the journey's partition; None when nobody does at the moment."""
        number = partition_of(journey_id, self._count)
        for url, topics in self._app.router.external_topics_metadata().items():
            if number in topics.get(self._topic, ()):
                return str(url)
        return None

    def is_mine(self, journey_id: str) -> bool:
        """Whether this worker holds the journey's partition, recovered and as far as its owner before."""
        partition = self._agent.partitions.get(partition_of(journey_id, self._count)) if self._agent else None
        return partition is not None and partition.caught_up

    def open_windows(self, journey_id: str) -> Sequence[OpenWindow]:
        """The journey's windows in this worker's table, oldest first; none for an unknown journey."""
        partition = self._agent.partitions.get(partition_of(journey_id, self._count)) if self._agent else None
        if partition is None:
            return []
        return [
            OpenWindow(told.app, told.story_id, told.closed_by == "end", told.bodies)
            for told in partition.state.open_windows(journey_id)
        ]
