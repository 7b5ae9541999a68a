"""Stories into storage, and the tests of their flows written and stored: the part of the tests agent that runs on its
thread.

Each story and each flow stands for itself: where one fails by a fault of ours, or the database does not take it, its
neighbours go on, and it is answered with its cause.
"""

import logging
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agents.storage import FlowState, StorageUnavailable
from agents.stream.dependencies import StreamDependencies
from agents.stream.supervision.suspects import EndedWorkers, Suspects, cause_of, traced
from pipeline.codegen.python.allow_list import ForbiddenCode
from pipeline.flows.consensus import evidence_of
from pipeline.flows.ids import test_id
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story

logger = logging.getLogger(__name__)

TOGETHER_MAX: Final = 100
"""Tests that are stored in one transaction."""
TOGETHER_CHARS_MAX: Final = 4 * 1024 * 1024
"""The code of these, but for the last one."""


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

    def write(self, states: Sequence[FlowState], said: Container[str]) -> Written:
        """Stores the tests of these flows.

        The test of a story that was just said is written again even where storage has that version: the same number
        of events need not be the same events.
        """
        written = Written([], [], [])
        ready: list[tuple[FlowState, GeneratedTest]] = []
        chars = 0
        for state in states:
            try:
                test = self._wanted(state, said, written)
            except StorageUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - answered; the other flows go on
                written.failed.append(unwritten(state, error))
                test = None
            if test is not None:
                ready.append((state, test))
                chars += len(test.code)
            if len(ready) >= TOGETHER_MAX or chars >= TOGETHER_CHARS_MAX:
                self._keep(ready, written)
                ready, chars = [], 0
            self._moved()
        self._keep(ready, written)
        return written

    def _wanted(self, state: FlowState, said: Container[str], written: Written) -> GeneratedTest | None:
        """The test that this flow asks for, None where it asks for none."""
        drawn = {story_id for story_id, _ in state.sampled}
        if state.needs_no_test:
            written.outputs.append(Output(test_id(state.app, state.flow_id), state.flow_id, None))
        elif drawn and (state.needs_test or any(story_id in said for story_id in drawn)):
            return self._test_of(state)
        return None

    def _keep(self, ready: Sequence[tuple[FlowState, GeneratedTest]], written: Written) -> None:
        """Stores tests and writes their files, in one go if that can be."""
        if not ready:
            return
        try:
            stored = self._parts.storage.put_tests([test for _, test in ready])
            self._parts.files.publish_all([test.id for (_, test), kept in zip(ready, stored, strict=True) if kept])
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - each is tried alone, and answered
            if len(ready) == 1:
                written.failed.append(unwritten(ready[0][0], error))
                return
            for one in ready:
                self._keep([one], written)
                self._moved()
            return
        for (state, test), kept in zip(ready, stored, strict=True):
            if kept:
                written.outputs.append(Output(test.id, state.flow_id, test))
            else:
                written.moved.append(self._parts.storage.flow_state(state.flow_id))

    def _test_of(self, state: FlowState) -> GeneratedTest | None:
        item = f"flow/{state.flow_id}/{evidence_of(state.sampled)}"
        end = self._suspects.guilty(item)
        if end is not None:
            raise EndedWorkers(end)
        sessions = self._parts.storage.sessions(state.flow_id)
        if not sessions:
            return None  # its last story was withdrawn this moment, by another worker, which says so
        with self._suspects.trying(item):
            return self._parts.write(sessions, state.flow_id)

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

    def classify(self, flows: Sequence[str]) -> None:
        """Keeps with these flows what they do, so that who looks at the coverage need not wait for it."""
        parts = self._parts
        try:
            parts.storage.classify_flows(flows, parts.settings.users_min)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - said, and tried again once somebody looks at the coverage
            parts.metrics.own_faults.labels("classify").inc()
            logger.error("what %d flows do can't be told", len(flows), extra={"trace": traced(error)})

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
