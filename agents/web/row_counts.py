"""How many rows storage has, for /metrics."""

import asyncio
from datetime import datetime
from time import monotonic
from typing import Final

from agents.storage import StorageUnavailable
from agents.web.services import WebServices
from pipeline.proof.states import STATES

AGE_MAX_S: Final = 15.0
"""How old the counts may be: counting reads whole indexes."""


class RowCounts:
    """Keeps the counts of rows in the gauges no older than AGE_MAX_S."""

    def __init__(self) -> None:
        self._next_s = 0.0

    async def refresh(self, services: WebServices) -> None:
        """Counts again if it is time; keeps the old counts while storage is away."""
        if monotonic() < self._next_s:
            return
        self._next_s = monotonic() + AGE_MAX_S
        try:
            counts = await asyncio.to_thread(services.storage.counts)
            proof = await asyncio.to_thread(services.storage.proof_counts)
        except StorageUnavailable:
            return
        for state in STATES:
            services.metrics.tests_in_state.labels(state).set(proof.by_state.get(state, 0))
        given = datetime.fromisoformat(proof.last_verdict_at).timestamp() if proof.last_verdict_at else 0.0
        services.metrics.last_verdict.set(given)
        stored = services.metrics.stored
        stored.labels("stories").set(counts.stories)
        stored.labels("flows").set(counts.flows)
        stored.labels("tests").set(counts.tests)
        stored.labels("saved_tests").set(counts.saved_tests)
        stored.labels("flows_without_test").set(counts.flows_without_test)
