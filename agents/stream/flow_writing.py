"""Stories into storage, and the tests of their flows written and stored: the part of the tests agent that runs on its
thread.

Each story and each flow stands for itself: where one fails by a fault of ours, or the database does not take it, its
neighbours go on, and it is answered with its cause.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from agents.storage import FlowState, StorageUnavailable
from agents.storage.recent_stories import RECENT, json_of
from agents.storage.sql.flow_rows import FrequentFlow
from agents.stream.dependencies import StreamDependencies
from agents.stream.supervision.suspects import EndedWorkers, Suspects, cause_of, traced
from pipeline.codegen.python.allow_list import ForbiddenCode
from pipeline.flows.consensus import SAMPLES_MAX, evidence_of
from pipeline.flows.coverage import seen_flow
from pipeline.flows.ids import test_id
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story

logger = logging.getLogger(__name__)

Stories: TypeAlias = Mapping[str, Story | None]
"""Stories by their ids, None for those that are withdrawn."""

TOGETHER_MAX: Final = 100
"""Tests that are stored in one transaction."""
TOGETHER_CHARS_MAX: Final = 4 * 1024 * 1024
"""The code of these, but for the last one."""
DRAWN_MAX: Final = SAMPLES_MAX
"""Stories that are read together to write the tests of some flows: as many as one flow may ask for."""


@dataclass(frozen=True, slots=True)
class Said:
    """A record of the stories topic: a story, or None where it is withdrawn; and the message that said it."""

    story_id: str
    story: Story | None
    message: Any = None


@dataclass(frozen=True, slots=True)
class Output:
    """What becomes of a flow's test: the test, or None once it is withdrawn."""

    test_id: str
    flow_id: str
    test: GeneratedTest | None


@dataclass(frozen=True, slots=True)
class UnwrittenFlow:
    """A flow that has stories, and no test because of a fault of ours."""

    flow: FlowState
    cause: str
    trace: str


def unwritten(flow: FlowState, error: BaseException) -> UnwrittenFlow:
    """What is told of such a flow: of the gate's refusals what they say, of every other fault only its kind."""
    told = f"{type(error).__name__}: {error}" if isinstance(error, ForbiddenCode) else cause_of(error)
    return UnwrittenFlow(flow, told, traced(error))


@dataclass(frozen=True, slots=True)
class Stored:
    """The flows that changed, and the records that can't be stored, each with its reason."""

    changed: list[FlowState]
    failed: list[tuple[Said, Exception]]


@dataclass(frozen=True, slots=True)
class Written:
    """What the topic must be told, the flows that moved on meanwhile by another's hand, and those without a test."""

    outputs: list[Output]
    moved: list[FlowState]
    failed: list[UnwrittenFlow]


@dataclass(frozen=True, slots=True)
class Ready:
    """A flow's test, ready to be stored, and what the flow does, where that is news."""

    state: FlowState
    test: GeneratedTest
    seen: FrequentFlow | None


@dataclass(frozen=True, slots=True)
class Noted:
    """What must be published after what was, because another worker was quicker; flows that moved on; what failed."""

    again: list[Output]
    moved: list[FlowState]
    failed: list[tuple[Output, Exception]]


class FlowWriter:
    """All of it is synchronous. Raises StorageUnavailable, and nothing else."""

    def __init__(self, parts: StreamDependencies, suspects: Suspects, moved: Callable[[], None]) -> None:
        self._parts = parts
        self._suspects = suspects
        self._moved = moved

    def store(self, said: Sequence[Said]) -> Stored:
        """Puts stories into storage, in one go if that can be; the states of all flows that this changed."""
        try:
            return Stored(self._put_all(said), [])
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - each is tried alone, and answered
            if len(said) == 1:
                return Stored([], [(said[0], error)])
        changed: dict[str, FlowState] = {}
        failed: list[tuple[Said, Exception]] = []
        for one in said:
            alone = self.store([one])
            failed += alone.failed
            changed |= {state.flow_id: state for state in alone.changed}
            self._moved()
        return Stored(list(changed.values()), failed)

    def _put_all(self, said: Sequence[Said]) -> list[FlowState]:
        changed: dict[str, FlowState] = {}
        run: list[Story] = []
        for one in said:
            if one.story is not None:
                run.append(one.story)
                continue
            self._put(run, changed)
            run = []
            _note(self._parts.storage.withdraw_story(one.story_id), changed)
        self._put(run, changed)
        return list(changed.values())

    def _put(self, stories: list[Story], changed: dict[str, FlowState]) -> None:
        if stories:
            for state in self._parts.storage.put_stories(stories):
                _note(state, changed)

    def write(self, states: Sequence[FlowState], said: Stories) -> Written:
        """Stores the tests of these flows. `said` are the stories that were stored just before, by id.

        The test of a story that was just said is written again even where storage has that version: the same number
        of events need not be the same events.
        """
        written = Written([], [], [])
        ready: list[Ready] = []
        chars = 0
        for some in portions([state for state in states if self._asks(state, said, written)]):
            bodies = self._bodies(some)
            for state in some:
                one = self._ready(state, said, bodies.get(state.flow_id), written)
                if one is not None:
                    ready.append(one)
                    chars += len(one.test.code)
                if len(ready) >= TOGETHER_MAX or chars >= TOGETHER_CHARS_MAX:
                    self._keep(ready, written)
                    ready, chars = [], 0
                self._moved()
        self._keep(ready, written)
        return written

    def _asks(self, state: FlowState, said: Stories, written: Written) -> bool:
        """Whether this flow asks for a test; notes it where its test is to go."""
        if state.needs_no_test:
            written.outputs.append(Output(test_id(state.app, state.flow_id), state.flow_id, None))
            return False
        return bool(state.sampled) and (state.needs_test or any(story_id in said for story_id, _ in state.sampled))

    def _bodies(self, states: Sequence[FlowState]) -> Mapping[str, Sequence[str]]:
        """The stories of these flows as JSON, asked for in one go; none where that fails, which is said: each flow asks
        for its own then, and answers for itself."""
        try:
            return self._parts.storage.drawn_bodies(states)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - said, and asked again flow by flow
            self._fault("write", f"the stories of {len(states)} flows can't be read together", error)
            return {}

    def _ready(self, state: FlowState, said: Stories, bodies: Sequence[str] | None, written: Written) -> Ready | None:
        """The test of this flow, None where there is none: it has no stories any more, or a fault was noted."""
        try:
            return self._written(state, said, bodies)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - answered; the other flows go on
            written.failed.append(unwritten(state, error))
            return None

    def _written(self, state: FlowState, said: Stories, bodies: Sequence[str] | None) -> Ready | None:
        item = f"flow/{state.flow_id}/{evidence_of(state.sampled)}"
        end = self._suspects.guilty(item)
        if end is not None:
            raise EndedWorkers(end)
        if bodies is None:
            sessions = self._parts.storage.sessions(state.flow_id)
        else:
            drawn = zip(state.sampled, bodies, strict=True)
            sessions = [_story(said.get(story_id), body) for (story_id, _), body in drawn]
        if not sessions:
            return None  # its last story was withdrawn this moment, by another worker, which says so
        with self._suspects.trying(item):
            test = self._parts.write(sessions, state.flow_id)
            first = sessions[0]
            return Ready(state, test, self._classified(state.flow_id, first) if first.id in said else None)

    def _classified(self, flow_id: str, story: Story) -> FrequentFlow | None:
        """What the flow does, by the story that stands for it, for who looks at the coverage: told now, while the story
        is at hand."""
        try:
            seen = seen_flow(flow_id, story, 0, "", True, self._parts.settings.users_min)
        except Exception as error:  # noqa: BLE001 - said, and tried again once somebody looks at the coverage
            self._fault("classify", f"what flow {flow_id} does can't be told", error)
            return None
        return FrequentFlow(seen, story.id, story.version, classified=True)

    def _save_seen(self, seen: Sequence[FrequentFlow]) -> None:
        try:
            self._parts.storage.save_activities(seen, self._parts.settings.users_min)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - said, and told again once somebody looks at the coverage
            self._fault("classify", f"what {len(seen)} flows do can't be kept", error)

    def _fault(self, met_at: str, what: str, error: BaseException) -> None:
        """Counts a fault of ours after which the flows go on, and keeps its trace."""
        self._parts.metrics.own_faults.labels(met_at).inc()
        logger.error("%s", what, extra={"trace": traced(error)})

    def _keep(self, ready: Sequence[Ready], written: Written) -> None:
        """Stores tests and writes their files, in one go if that can be."""
        if not ready:
            return
        storage = self._parts.storage
        try:
            stored = storage.put_tests([one.test for one in ready])
            self._parts.files.publish_all([one.test.id for one, kept in zip(ready, stored, strict=True) if kept])
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - each is tried alone, and answered
            if len(ready) == 1:
                written.failed.append(unwritten(ready[0].state, error))
                return
            for one in ready:
                self._keep([one], written)
                self._moved()
            return
        for one, kept in zip(ready, stored, strict=True):
            if kept:
                written.outputs.append(Output(one.test.id, one.state.flow_id, one.test))
            else:
                written.moved.append(storage.flow_state(one.state.flow_id))
        self._save_seen([one.seen for one in ready if one.seen is not None])

    def note_published(self, outputs: Sequence[Output]) -> Noted:
        """Notes what was published."""
        noted = Noted([], [], [])
        self._note_tests([output for output in outputs if output.test is not None], noted)
        for output in outputs:
            if output.test is None:
                try:
                    self._note_withdrawn(output, noted)
                except StorageUnavailable:
                    raise
                except Exception as error:  # noqa: BLE001 - answered; the other flows go on
                    noted.failed.append((output, error))
        return noted

    def _note_tests(self, outputs: Sequence[Output], noted: Noted) -> None:
        """Notes tests in one go if that can be."""
        if not outputs:
            return
        storage = self._parts.storage
        again: list[Output] = []
        try:
            known = storage.note_all_published([output.test for output in outputs if output.test is not None])
            for output, is_known in zip(outputs, known, strict=True):
                if not is_known:
                    newer = storage.test(output.test_id)
                    again.append(Output(output.test_id, output.flow_id, None if newer is None else newer.test))
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - each is tried alone, and answered
            if len(outputs) == 1:
                noted.failed.append((outputs[0], error))
                return
            for one in outputs:
                self._note_tests([one], noted)
        else:
            noted.again.extend(again)

    def _note_withdrawn(self, output: Output, noted: Noted) -> None:
        storage = self._parts.storage
        stored = storage.withdraw_test(output.test_id)
        if stored is not None:
            self._parts.files.withdraw(stored)
        elif storage.flow_state(output.flow_id).sampled:
            # The flow came to life again, and our tombstone may have come after its new test.
            newer = storage.test(output.test_id)
            if newer is not None:
                noted.again.append(Output(output.test_id, output.flow_id, newer.test))
            noted.moved.append(storage.flow_state(output.flow_id))

    def note_failures(self, failed: Sequence[UnwrittenFlow]) -> list[UnwrittenFlow]:
        """Remembers with each flow why it has no test; those of which that is news."""
        note = self._parts.storage.note_failure
        return [
            one
            for one in failed
            if one.flow.sampled and note(one.flow.flow_id, evidence_of(one.flow.sampled), one.cause)
        ]


def _note(state: FlowState | None, changed: dict[str, FlowState]) -> None:
    while state is not None:
        changed[state.flow_id] = state
        state = state.left


def _story(said: Story | None, body: str) -> Story:
    """The story with this JSON: the one that was said where it is that one still, which need not be parsed again."""
    return said if said is not None and json_of(said).decode() == body else RECENT.story(body)


def portions(states: Sequence[FlowState]) -> list[list[FlowState]]:
    """The flows in their order, DRAWN_MAX of their stories a list, or one flow."""
    found: list[list[FlowState]] = []
    room = 0
    for state in states:
        if not found or len(state.sampled) > room:
            found.append([])
            room = DRAWN_MAX
        found[-1].append(state)
        room -= len(state.sampled)
    return found
