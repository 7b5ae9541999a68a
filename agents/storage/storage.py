"""`Storage`: what the agents and the web views know of the database.

Every method is synchronous and safe to call from any thread; call it from the event loop through `asyncio.to_thread`.
Every method raises StorageUnavailable when the database stays locked or away for longer than its bound (20 s for
writes, 3 s for reads), and has then changed nothing.
"""

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection, Engine, func, select, text

from agents.storage.engine import in_transaction, make_engine, migrate
from agents.storage.sql import (
    code_rows,
    failures,
    file_rows,
    flow_lists,
    flow_rows,
    generated_rows,
    merges,
    proof_run_rows,
    story_rows,
    verdict_rows,
)
from agents.storage.sql.arrivals import Arrival, arrivals
from agents.storage.sql.file_rows import TestFile
from agents.storage.sql.flow_lists import FlowFilter, FlowPage, FlowSort, SeenApp
from agents.storage.sql.flow_rows import DayOfJourneys, FrequentFlow, KnownFlows
from agents.storage.sql.old_stories import OldStories, forget, old_stories
from agents.storage.sql.proof_run_rows import Comparison, ProofRun, RunFilter, compared
from agents.storage.sql.verdict_rows import VerdictFilter
from agents.storage.tables import FLOWS, STORIES, TESTS
from agents.storage.values import (
    CodeFilter,
    Counts,
    FlowState,
    Page,
    PageRequest,
    ProofCounts,
    Revision,
    StoredFlow,
    StoredStory,
    StoredTest,
    StoryFilter,
    TestDecision,
    WorkerEnd,
)
from pipeline.flows.coverage import SeenFlow
from pipeline.flows.ids import flow_id
from pipeline.patterns.discovery import SeenGoals
from pipeline.privacy.pseudonyms import USERS_MIN
from pipeline.proof.states import Decision, Origin
from schemas.generated_tests import GeneratedTest
from schemas.limits import PAGE_ITEMS_MAX
from schemas.stories import Story
from schemas.verdicts import Verdict

FIRST_PAGE = PageRequest()
ANY_STORY = StoryFilter()
ANY_TEST = CodeFilter()
ANY_VERDICT = VerdictFilter()
ANY_RUN = RunFilter()
ANY_FLOW = FlowFilter()


class Storage:
    """Stories, flows and tests. `Storage.open(url)` migrates first and is what programs use."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> "Storage":
        """Connects to a SQLAlchemy URL (`sqlite:////folder/file.db`, `postgresql+psycopg://…`) and migrates."""
        engine = make_engine(url)
        migrate(engine)
        return cls(engine)

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def put_story(self, story: Story) -> FlowState:
        """Stores a story's version; the last one wins. The same story twice changes nothing.

        The state of the story's flow; `left` is that of another one that it was in before.
        """

        def work(connection: Connection) -> FlowState:
            states = story_rows.put_stories(connection, [story])
            named = flow_id(story.app, story.flow_key)
            state = states.pop(story_rows.merged_paths(connection, [named])[named][-1])
            return replace(state, left=next(iter(states.values()), None))

        return in_transaction(self._engine, work, writes=True)

    def put_stories(self, stories: Sequence[Story]) -> list[FlowState]:
        """Several stories in one transaction, in their order. The states afterwards, one for each flow that any of
        them is in now or was in before."""
        states = in_transaction(self._engine, lambda c: story_rows.put_stories(c, stories), writes=True)
        return list(states.values())

    def withdraw_story(self, story_id: str) -> FlowState | None:
        """Deletes a story; the state of its flow afterwards, None where there was no such story."""
        return in_transaction(self._engine, lambda c: story_rows.withdraw_story(c, story_id), writes=True)

    def old_stories(self, days: int, now: str) -> list[OldStories]:
        """For each app its stories that began more than `days` days before its newest one, none of them later than
        `now` (ISO 8601)."""
        return in_transaction(self._engine, lambda c: old_stories(c, days, now), writes=False)

    def forget_stories(self, old: OldStories) -> tuple[int, OldStories | None]:
        """Deletes the next of these that no test is written from. How many, and where to go on; None at the end."""
        return in_transaction(self._engine, lambda c: forget(c, old), writes=True)

    def flow_state(self, flow_id: str) -> FlowState:
        """The present state of a flow that exists."""
        return in_transaction(self._engine, lambda c: story_rows.flow_state(c, flow_id), writes=False)

    def sessions(self, flow_id: str) -> list[Story]:
        """The stories that the flow's test is to be written from."""
        return in_transaction(self._engine, lambda c: story_rows.sessions(c, flow_id), writes=False)

    def drawn_bodies(self, states: Sequence[FlowState]) -> dict[str, list[str]]:
        """The same of several flows as canonical JSON, by flow; those that changed since then are left out."""
        return in_transaction(self._engine, lambda c: story_rows.drawn_bodies(c, states), writes=False)

    def newest_stories(self, app: str, since: str = "", until: str = "", count_max: int = 100) -> list[Story]:
        """The newest stories of an app that began from `since` to before `until` (ISO 8601; "" for no bound), oldest
        first."""
        return in_transaction(self._engine, lambda c: story_rows.newest(c, app, since, until, count_max), writes=False)

    def seen_flows(self, app: str, users_min: int = USERS_MIN) -> list[SeenFlow]:
        """The flows of an app as they were seen, the most frequent first, up to FLOWS_MAX. Of real traffic, titles have
        made-up values unless `users_min` is 1."""
        return self.known_flows(app, users_min, math.inf).flows

    def known_flows(self, app: str, users_min: int, within_s: float) -> KnownFlows:
        """The same, where stories must be read for it no longer than some `within_s` seconds: those of the most
        frequent flows first. What was read once is known from then on, so that to ask again goes on."""
        end_s = time.monotonic() + within_s
        found = in_transaction(self._engine, lambda c: flow_rows.frequent_flows(c, app, users_min), writes=False)
        known = {one.flow.flow_id: one.flow for one in found if one.classified}
        unread = sum(1 for one in found if not one.classified)
        for batch in flow_rows.unclassified(found):
            known |= self._classify(batch, users_min)
            unread -= len(batch)
            if time.monotonic() >= end_s:
                break
        return KnownFlows([known[one.flow.flow_id] for one in found if one.flow.flow_id in known], unread)

    def save_activities(self, found: Sequence[FrequentFlow], users_min: int) -> None:
        """Keeps what flows do with the stories that stand for them, so that `known_flows` need not read these."""
        if found:
            in_transaction(self._engine, lambda c: flow_rows.save_activities(c, found, users_min), writes=True)

    def _classify(self, wanted: Sequence[FrequentFlow], users_min: int) -> dict[str, SeenFlow]:
        bodies = in_transaction(self._engine, lambda c: flow_rows.read_stories(c, wanted), writes=False)
        found = flow_rows.classified(wanted, bodies, users_min)
        self.save_activities(found, users_min)
        return {one.flow.flow_id: one.flow for one in found}

    def journeys_by_day(self, app: str) -> list[DayOfJourneys]:
        """The journeys of an app on each of the two weeks' days that end with its newest story."""
        return in_transaction(self._engine, lambda c: flow_rows.journeys_by_day(c, app), writes=False)

    def seen_goals(self, app: str, users_min: int = USERS_MIN) -> list[SeenGoals]:
        """What the flows of an app were after, the most frequent first, up to FLOWS_MAX."""
        return in_transaction(self._engine, lambda c: flow_rows.seen_goals_of(c, app, users_min), writes=False)

    def unsettled_flows(self, by_hand: bool = False) -> list[FlowState]:
        """The flows whose test is missing, out of date, or left over: what a crash left undone, or only what people's
        merging and parting asks for."""
        return in_transaction(self._engine, lambda c: story_rows.unsettled(c, by_hand), writes=False)

    def merge_flow(self, flow_id: str, into: str) -> StoredFlow:
        """Merges a flow into another one; what it is afterwards. The test of either is for the tests agent to settle.
        Raises NoSuchFlow or CannotMerge."""
        in_transaction(self._engine, lambda c: merges.merge(c, flow_id, into), writes=True)
        return self.flow(flow_id)

    def part_flow(self, flow_id: str) -> StoredFlow:
        """Parts a flow from the one that it is merged into; what it is afterwards. Raises NoSuchFlow."""
        in_transaction(self._engine, lambda c: merges.part(c, flow_id), writes=True)
        return self.flow(flow_id)

    def flows_behind(self, version: int) -> list[str]:
        """The flows whose keys were told by the rules of an earlier version: `carry_over` brings each forward."""
        return in_transaction(self._engine, lambda c: merges.behind(c, version), writes=False)

    def carry_over(self, flow_id: str, key_of: Callable[[Story], str], version: int) -> None:
        """Keeps a flow's id, and with it its test and people's edits, where its stories now have another key."""
        in_transaction(self._engine, lambda c: merges.carry_over(c, flow_id, key_of, version), writes=True)

    def flow(self, flow_id: str) -> StoredFlow:
        """One flow. Raises NoSuchFlow."""
        return in_transaction(self._engine, lambda c: merges.flow(c, flow_id), writes=False)

    def flows(self, app: str) -> list[StoredFlow]:
        """The flows of an app, the most frequent first, up to FLOWS_MAX."""
        return in_transaction(self._engine, lambda c: merges.flows(c, app), writes=False)

    def flow_page(
        self,
        wanted: FlowFilter = ANY_FLOW,
        sort: FlowSort = "attention",
        page: PageRequest = FIRST_PAGE,
        users_min: int = USERS_MIN,
    ) -> FlowPage:
        """A page of flows as people look at them. Raises BadInput for a cursor that no earlier page gave."""
        work = partial(flow_lists.flow_page, wanted=wanted, sort=sort, page=page, users_min=users_min)
        return in_transaction(self._engine, work, writes=False)

    def apps(self, app: str | None = None, limit: int = PAGE_ITEMS_MAX) -> list[SeenApp]:
        """The apps that flows were seen of, those of most journeys first; only `app` where it is given."""
        return in_transaction(self._engine, lambda c: flow_lists.apps(c, app, limit), writes=False)

    def put_test(self, test: GeneratedTest) -> bool:
        """`put_tests` of one."""
        return self.put_tests([test])[0]

    def put_tests(self, tests: Sequence[GeneratedTest]) -> list[bool]:
        """Stores generated tests of different flows in one transaction, each if it was written from the stories that
        its flow draws now.

        False: it is out of date already, whoever changed the flow writes the right one. A person's edit stays.
        """
        return in_transaction(self._engine, lambda c: generated_rows.put_tests(c, tests), writes=True)

    def note_published(self, test: GeneratedTest) -> bool:
        """`note_all_published` of one."""
        return self.note_all_published([test])[0]

    def note_all_published(self, tests: Sequence[GeneratedTest]) -> list[bool]:
        """Remembers that the topic has acknowledged these tests; until then `needs_test` of their flows stays true.

        False: another worker has stored a newer test meanwhile (or withdrawn it), and the topic's last word may be
        ours: send what `test(id)` answers now, or a tombstone, once more.
        """
        return in_transaction(self._engine, lambda c: generated_rows.note_published(c, tests), writes=True)

    def withdraw_test(self, test_id: str) -> StoredTest | None:
        """Deletes the test of an empty flow and answers what it was; None where it stays or never was."""
        return in_transaction(self._engine, lambda c: code_rows.withdraw_test(c, test_id), writes=True)

    def save_edit(self, test_id: str, code: str, etag: str | None) -> StoredTest:
        """Saves a person's code over the state `etag` (None: any). Raises NoSuchTest or EditConflict."""
        return in_transaction(self._engine, lambda c: code_rows.save_edit(c, test_id, code, etag), writes=True)

    def put_repair(
        self, test: GeneratedTest, reason: str, instead_of: str = "", origin: Origin = "repaired"
    ) -> StoredTest | None:
        """Keeps a repaired or strengthened test as a new revision; None where a person edited it or its stories changed
        meanwhile. `instead_of` is the evidence of the test that it replaces; "": written from the same stories."""
        work = partial(
            code_rows.put_repair, repaired=test, reason=reason, instead_of=instead_of or test.evidence, origin=origin
        )
        return in_transaction(self._engine, work, writes=True)

    def put_verdict(self, verdict: Verdict) -> bool:
        """Stores a verdict, and the state of the test that follows. False: there is no such test any more."""
        return in_transaction(self._engine, lambda c: verdict_rows.put_verdict(c, verdict), writes=True)

    def verdicts(self, wanted: VerdictFilter = ANY_VERDICT, page: PageRequest = FIRST_PAGE) -> Page[Verdict]:
        """A page of verdicts, newest first. Raises BadInput for a cursor that no earlier page gave."""
        return in_transaction(self._engine, lambda c: verdict_rows.verdicts(c, wanted, page), writes=False)

    def verdict(self, verdict_id: str) -> Verdict | None:
        """One verdict."""
        return in_transaction(self._engine, lambda c: verdict_rows.verdict(c, verdict_id), writes=False)

    def proof_runs(self, wanted: RunFilter = ANY_RUN, page: PageRequest = FIRST_PAGE) -> Page[ProofRun]:
        """A page of proving runs, newest first. Raises BadInput for a cursor that no earlier page gave."""
        return in_transaction(self._engine, lambda c: proof_run_rows.proof_runs(c, wanted, page), writes=False)

    def compared_runs(self, before: str, after: str, limit: int = PAGE_ITEMS_MAX) -> Comparison:
        """What changed from one proving run to another."""
        return in_transaction(self._engine, lambda c: compared(c, before, after, limit), writes=False)

    def decide(self, test_id: str, decision: Decision, reason: str = "") -> None:
        """Keeps a person's decision about a test. Raises NoSuchTest."""
        in_transaction(self._engine, lambda c: verdict_rows.decide(c, test_id, decision, reason), writes=True)

    def proof_counts(self) -> ProofCounts:
        """How many tests are in each state, and when the newest verdict was given."""
        return in_transaction(self._engine, verdict_rows.proof_counts, writes=False)

    def quarantined(self, app: str | None = None) -> dict[str, str]:
        """The tests of an app (None: of all) that are not to be run now: why, by the test's id."""
        return in_transaction(self._engine, lambda c: verdict_rows.quarantined(c, app), writes=False)

    def decisions(self, test_id: str) -> list[TestDecision]:
        """What people decided about a test, newest first."""
        return in_transaction(self._engine, lambda c: verdict_rows.decisions(c, test_id), writes=False)

    def note_paths(self, paths: Mapping[str, str]) -> None:
        """Remembers where the files of tests lie, by their ids."""
        if paths:
            in_transaction(self._engine, lambda c: file_rows.note_paths(c, paths), writes=True)

    def taken_paths(self, app: str, paths: Collection[str]) -> set[str]:
        """Those of the paths at which a test of the app lies."""
        return in_transaction(self._engine, lambda c: file_rows.taken_paths(c, app, paths), writes=False)

    def story(self, story_id: str) -> StoredStory | None:
        """One story."""
        return in_transaction(self._engine, lambda c: story_rows.story(c, story_id), writes=False)

    def stories(self, wanted: StoryFilter = ANY_STORY, page: PageRequest = FIRST_PAGE) -> Page[StoredStory]:
        """A page of stories, newest first. Raises BadInput for a cursor that no earlier page gave."""
        return in_transaction(self._engine, lambda c: story_rows.stories(c, wanted, page), writes=False)

    def arrivals(self, after: Arrival, app: str | None = None, limit: int = PAGE_ITEMS_MAX) -> list[Arrival]:
        """The next stories that were stored after another one, in that order; of one app, or of all."""
        return in_transaction(self._engine, lambda c: arrivals(c, after, app, limit), writes=False)

    def flows_of_stories(self, story_ids: Sequence[str]) -> dict[str, tuple[str, bool]]:
        """The flow of each of these stories that is there still, and whether it has a test."""
        return in_transaction(self._engine, lambda c: story_rows.flows_of_stories(c, story_ids), writes=False)

    def stories_named(self, story_ids: Sequence[str]) -> list[StoredStory]:
        """These stories, in no order; those that are gone are left out."""
        return in_transaction(self._engine, lambda c: story_rows.stories_named(c, story_ids), writes=False)

    def test(self, test_id: str) -> StoredTest | None:
        """One test."""
        return in_transaction(self._engine, lambda c: code_rows.test(c, test_id), writes=False)

    def tests(self, wanted: CodeFilter = ANY_TEST, page: PageRequest = FIRST_PAGE) -> Page[StoredTest]:
        """A page of tests, newest first. Raises BadInput for a cursor that no earlier page gave."""
        return in_transaction(self._engine, lambda c: code_rows.tests(c, wanted, page), writes=False)

    def titles(self, test_ids: Collection[str]) -> dict[str, str]:
        """The titles of tests, by id; those that are gone are left out."""
        return in_transaction(self._engine, lambda c: code_rows.titles(c, test_ids), writes=False)

    def codes_of(self, test_ids: Collection[str]) -> dict[str, str]:
        """What people should run of these tests, by their ids; those that are gone are left out."""
        return in_transaction(self._engine, lambda c: file_rows.codes_of(c, test_ids), writes=False)

    def siblings_of(self, test_ids: Collection[str]) -> list[list[TestFile]]:
        """For each file name that these tests want in their apps, all tests that want it, by id."""
        return in_transaction(self._engine, lambda c: file_rows.siblings_of(c, test_ids), writes=False)

    def files_named(self, app: str, name: str) -> list[TestFile]:
        """The tests of an app that want this file name, by id."""
        found = in_transaction(self._engine, lambda c: file_rows.files_named(c, app, [name]), writes=False)
        return found[0] if found else []

    def revisions(self, test_id: str) -> list[Revision]:
        """What the test's code was, newest first."""
        return in_transaction(self._engine, lambda c: code_rows.revisions(c, test_id), writes=False)

    def support(self, flow_id: str) -> int:
        """How many stories the flow has; 0 for an unknown one."""
        query = select(FLOWS.c.support).where(FLOWS.c.id == flow_id)
        return in_transaction(self._engine, lambda c: c.execute(query).scalar() or 0, writes=False)

    def counts(self) -> Counts:
        """How many stories, flows and tests there are."""

        def work(connection: Connection) -> Counts:
            def rows(query: object) -> int:
                return int(connection.execute(query).scalar() or 0)  # type: ignore[call-overload]

            return Counts(
                stories=rows(select(func.count()).select_from(STORIES)),
                flows=rows(select(func.count()).select_from(FLOWS).where(FLOWS.c.support > 0)),
                tests=rows(select(func.count()).select_from(TESTS)),
                saved_tests=rows(select(func.count()).select_from(TESTS).where(TESTS.c.saved.is_(True))),
                flows_without_test=failures.count_failures(connection),
            )

        return in_transaction(self._engine, work, writes=False)

    def note_failure(self, flow_id: str, evidence: str, cause: str) -> bool:
        """Notes that no test could be written of a flow from this evidence, and why. Whether that is news."""
        return in_transaction(self._engine, lambda c: failures.note_failure(c, flow_id, evidence, cause), writes=True)

    def note_ends(self, ended: Sequence[WorkerEnd]) -> None:
        """Adds what a worker was about when it ended to what is known of it."""
        if ended:
            in_transaction(self._engine, lambda c: failures.note_ends(c, list(ended)), writes=True)

    def ends(self) -> list[WorkerEnd]:
        """What workers were about when they ended, the newest first."""
        return in_transaction(self._engine, failures.ends, writes=False)

    def forget_ends(self, items: Sequence[str]) -> None:
        """These were gone through without harm."""
        if items:
            in_transaction(self._engine, lambda c: failures.forget_ends(c, list(items)), writes=True)

    def check(self) -> None:
        """Answers if the database does; raises StorageUnavailable otherwise."""
        in_transaction(self._engine, lambda c: c.execute(text("SELECT 1")).scalar(), writes=False)
