"""One worker: the app with its agents and its web port, and how it runs."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import faust
from aiokafka.errors import KafkaError

from agents import logs
from agents.garbage import search_seldom
from agents.model_process import ModelGone
from agents.registry import RegistryError
from agents.stream.broker.faust_app import make_app, use_uvloop
from agents.stream.broker.faust_fixes import ROUNDS
from agents.stream.broker.lags import Lags, measure
from agents.stream.broker.sending import Sender
from agents.stream.broker.topics import BadTopics, ensure_topics
from agents.stream.dependencies import StreamDependencies
from agents.stream.forgetting import Forgetting
from agents.stream.journeys.delivery import Delivery
from agents.stream.journeys.journeys_agent import JourneysAgent
from agents.stream.journeys.routing import JourneyRouter
from agents.stream.journeys.table import JourneysTable
from agents.stream.prove_agent import ProveAgent
from agents.stream.supervision.abort import EXIT_CODE, STOP_S, Watchdog, at_end, end_within
from agents.stream.supervision.guard import Guard
from agents.stream.supervision.progress import Progress
from agents.stream.supervision.suspects import Suspects, worker_ends
from agents.stream.supervision.under_way import UnderWay
from agents.stream.supervision.watch import STILL_S, Watch
from agents.stream.tests_agent import TestsAgent

if TYPE_CHECKING:
    from agents.composition import Services
    from pipeline.patterns.discovery import FoundPattern, SeenGoals

BEAT_S: Final = 1.0
"""How often the event loop shows that it turns."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """The parts that others look at."""

    app: faust.App
    parts: StreamDependencies
    agent: JourneysAgent | None


def build_worker(services: "Services", partitions: int, under_way: UnderWay) -> Worker:
    """The worker of this process. `partitions` are those of the events topic."""
    settings = services.settings
    parts = _parts(services)
    app = make_app(settings, partitions)
    sender = Sender(app, settings, parts.metrics)
    pulse = Watchdog(settings.session_s)
    suspects = Suspects(parts.storage, under_way)
    agent = None
    if "journeys" in settings.role_set:
        parts.tagger.warm()
        table = JourneysTable(app, partitions, sender)
        delivery = Delivery(parts, sender, table, pulse, suspects)
        agent = JourneysAgent(app, parts, partitions, delivery, sender, table, suspects)
        agent.add()
    if "tests" in settings.role_set:
        TestsAgent(app, parts, partitions, sender, suspects).add()
        app.task(Forgetting(parts.storage, parts.metrics, settings.stories_days).run)
    if "prove" in settings.role_set:
        ProveAgent(app, parts, partitions, sender, services.new_tests(parts.progress.prover.moved)).add()
    _add_life(app, parts, pulse)
    watch = Watch(
        parts.progress,
        under_way,
        suspects,
        recovered=lambda: _rows_read(app),
        round_s=lambda: ROUNDS.finished_s,
        guard=Guard(STILL_S, settings.log_format),
        still_s=STILL_S,
    )
    _add_watch(app, watch)
    app.task(Lags(app, settings, partitions, parts.progress).run)
    _add_web(app, services, parts, sender, JourneyRouter(app, settings.topic("events"), partitions, agent))
    return Worker(app, parts, agent)


class _Runner(faust.Worker):
    """Faust's worker, which would wait for ever for a broker that is away."""

    async def stop(self) -> None:
        """Ends in good order, within STOP_S."""
        end_within(STOP_S)
        await super().stop()


def run(services: "Services") -> int:
    """Runs a worker until a signal comes. The exit code: 0, or 70 where it could not go on. Closes the services."""
    settings = services.settings
    logs.set_up(settings.log_level, settings.log_format)
    use_uvloop()
    under_way, left = UnderWay.open(settings.data / "under-way")
    at_end.append(under_way.clear)
    try:
        for mark in left:
            logger.warning("a worker ended while it was about %s%s", mark.item, f": {mark.cause}" if mark.known else "")
        services.storage.note_ends(worker_ends(left))
        partitions = asyncio.run(ensure_topics(settings))
        worker = build_worker(services, partitions, under_way)
        search_seldom()
        runner = _Runner(
            worker.app, loglevel=settings.log_level.upper(), redirect_stdouts=False, quiet=True, override_logging=False
        )
        try:
            runner.execute_from_commandline()
        except SystemExit as end:
            return int(end.code or 0) if not isinstance(end.code, str) else EXIT_CODE
        return 0
    except (BadTopics, KafkaError, RegistryError) as error:
        logger.error("this worker can't start: %s", error)
        return EXIT_CODE
    finally:
        services.close()
        under_way.close()


def _parts(services: "Services") -> StreamDependencies:
    from pipeline.generate import stories_of_window, test_of

    return StreamDependencies(
        settings=services.settings,
        windowing=services.windowing,
        metrics=services.metrics,
        progress=Progress(),
        tagger=services.embedder,
        storage=services.storage,
        files=services.files,
        wire=services.wire,
        build=stories_of_window,
        write=lambda sessions, flow: test_of(sessions, services.settings.users_min, flow),
    )


def _add_life(app: faust.App, parts: StreamDependencies, pulse: Watchdog) -> None:
    """What begins and ends with the app: the model, the pulse."""
    roles = parts.settings.role_set

    async def begin(*_: Any, **__: Any) -> None:
        pulse.start()
        if "journeys" in roles:
            await _load_model(parts)

    async def end(*_: Any, **__: Any) -> None:
        parts.progress.stopping = True
        await parts.tagger.stop()
        await parts.wire.close()

    async def assigned(*_: Any, **__: Any) -> None:
        ROUNDS.broken()
        parts.metrics.rebalances.inc()

    app.task(begin)
    app.on_partitions_assigned.connect(assigned, weak=False)
    app.on_before_shutdown.connect(end, weak=False)


async def _load_model(parts: StreamDependencies) -> None:
    """Returns once there are tags, or once the end of the worker took the model away while it loaded. A signal to all
    of our processes may reach the model's before ours, so that is tried once more."""
    for last in (False, True):
        try:
            await parts.tagger.start()
        except ModelGone:
            if parts.progress.stopping:
                return
            if last:
                raise
        else:
            parts.progress.tagger_ready = True
            return


def _add_watch(app: faust.App, watch: Watch) -> None:
    async def begin(*_: Any, **__: Any) -> None:
        watch.start()
        while not app.should_stop:
            watch.beat()
            await asyncio.sleep(BEAT_S)

    app.task(begin)


def _rows_read(app: faust.App) -> int | None:
    """How many rows the recovery under way has read of the table's changelog; None where there is none."""
    recovery = app.tables.recovery
    return sum(offset or 0 for offset in list(recovery.active_offsets.values())) if recovery.in_recovery else None


def _add_web(
    app: faust.App, services: "Services", parts: StreamDependencies, sender: Sender, places: JourneyRouter
) -> None:
    from agents.stream.broker.sending import produce_events
    from agents.stream.journeys.finding import EventFinder
    from agents.web.register import register
    from agents.web.services import WebServices

    settings = parts.settings

    def refresh() -> None:
        measure(parts.progress, settings, parts.metrics)

    async def produce(key: bytes, value: bytes) -> None:
        await produce_events(sender, settings.topic("events"), key, value)

    async def find(flows: "Sequence[SeenGoals]") -> "Sequence[FoundPattern] | None":
        return await parts.tagger.find(flows) if parts.progress.tagger_ready else None

    checks = {"broker": parts.progress.broker_silent}
    if "journeys" in settings.role_set:
        checks["journeys"] = parts.progress.reason_not_ready
    register(
        app,
        WebServices(
            settings=settings,
            storage=services.storage,
            files=services.files,
            artifacts=services.artifacts,
            metrics=services.metrics,
            journeys=places,
            produce=produce,
            pack=parts.wire.messages,
            checks=checks,
            refresh=refresh,
            keys=services.keys,
            find_patterns=find,
            find_events=EventFinder(settings, parts.wire, places.partitions).find,
        ),
    )
