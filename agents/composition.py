"""The one composition root: what a process is made of, built here and nowhere else.

The worker, the offline commands and the export take a `Services` and ask it for the parts that they need. Each part is
made at its first use and then kept, so that a command which needs no model loads none.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from agents.settings import BadSettings, Settings, is_loopback
from schemas.limits import PAGE_ITEMS_MAX

if TYPE_CHECKING:
    from agents.embedder import Embedder
    from agents.keys import Keys
    from agents.metrics import Metrics
    from agents.proof.artifacts import ArtifactStore
    from agents.proof.automatic import NewTests
    from agents.proof.prover import Proof, Since, Subject, Traffic, Wanted
    from agents.proof.runner import Environment
    from agents.storage import CodeFiles, Storage, StoredTest
    from agents.wire import Wire
    from pipeline.flows.consensus import Consensus
    from pipeline.generate import Missed
    from pipeline.proof.traffic import Outlook
    from pipeline.windowing.partition import Windowing
    from schemas.events import Event
    from schemas.generated_tests import GeneratedTest
    from schemas.stories import Story
    from schemas.verdicts import Verdict


class Services:
    """The parts of one process. Make one per process, and `close` it at the end."""

    def __init__(self, settings: Settings, shares_model: bool = False) -> None:
        """`shares_model`: the processes of this machine have one model, which stays, instead of each its own."""
        self.settings = settings
        self._shares_model = shares_model

    @cached_property
    def storage(self) -> "Storage":
        """The database, migrated. Raises BadSettings for an address that none can have, and StorageUnavailable where
        the database can't be reached."""
        from sqlalchemy.exc import ArgumentError

        from agents.storage import Storage

        if not self.settings.storage:
            self.settings.make_data()
        try:
            return Storage.open(self.settings.storage_url)
        except (ArgumentError, ModuleNotFoundError) as error:
            raise BadSettings(f"JOURNEYWRIGHT_STORAGE: {error}; a SQLAlchemy URL is expected") from None

    @cached_property
    def files(self) -> "CodeFiles":
        """The place of the test files."""
        from agents.storage import CodeFiles

        return CodeFiles(self.settings.files_url, self.storage)

    @cached_property
    def keys(self) -> "Keys":
        """The API keys of the web port. Raises BadSettings for a file that can't be used."""
        from agents.keys import Keys, read_keys

        return Keys() if self.settings.api_keys is None else read_keys(self.settings.api_keys)

    def require_usable(self) -> None:
        """Raises BadSettings for what can't be used: to be told before anything is waited for."""
        chosen = self.settings
        if not (self.keys.required or chosen.web_open or is_loopback(chosen.web_host)):
            raise BadSettings(
                f"JOURNEYWRIGHT_WEB_HOST: {chosen.web_host or 'every address'} is reached from other machines, and "
                "without keys everybody there may read all and save code that `verify` runs: name a file of keys in "
                "JOURNEYWRIGHT_API_KEYS, or set JOURNEYWRIGHT_WEB_OPEN=true where nobody else reaches the port"
            )

    @cached_property
    def windowing(self) -> "Windowing":
        """Where journeys are cut."""
        from pipeline.windowing.partition import Windowing

        chosen = self.settings
        return Windowing(chosen.gap_ms, chosen.lateness_ms, chosen.journey_memory_ms)

    @cached_property
    def embedder(self) -> "Embedder":
        """What tags stories with their patterns; it loads its model when it is started or first used.

        Raises BadInput for a file of patterns that can't be used.
        """
        from agents.embedder import Embedder, PatternFile, read_patterns

        path = self.settings.patterns
        patterns = read_patterns(path)
        shared = None
        if self._shares_model:
            self.settings.make_data()
            shared = self.settings.data
        return Embedder(patterns, changed=(lambda: None) if path is None else PatternFile(path), shared=shared)

    @cached_property
    def wire(self) -> "Wire":
        """How values travel. With a registry it asks that at its first use, which must come before any event loop runs.

        Raises RegistryError where the registry can't be had, or holds schemas that ours don't go with.
        """
        import asyncio

        from agents.wire import AvroWire, JsonWire

        return asyncio.run(AvroWire.open(self.settings)) if self.settings.schema_registry_url else JsonWire()

    @cached_property
    def metrics(self) -> "Metrics":
        """The counters of this process."""
        from agents.metrics import Metrics

        return Metrics()

    def told_offline(self, events: "Iterable[Event]", missed: "Missed") -> "tuple[list[Story], list[GeneratedTest]]":
        """The stories and tests of these events, with no broker: what the workers come to as well, byte for byte.

        What no story or test can be made of is `missed`; the others go on."""
        from pipeline.generate import stories_of, tests_of

        untagged = stories_of(events, self.windowing, missed)
        stories = self.embedder.tag_sync(untagged) if untagged else []
        return stories, tests_of(stories, self.settings.users_min, missed)

    def sources(self, tests: "Iterable[GeneratedTest]") -> "dict[str, Consensus]":
        """What the stored tests that sign in were written from, by test id; a person's edit was written from nothing,
        and what was overtaken by new stories is left out."""
        from pipeline.generate import agreed

        found = {}
        for test in tests:
            stored = self.storage.test(test.id) if "APP_PASSWORD" in test.environment else None
            sessions = [] if stored is None or stored.origin != "generated" else self.storage.sessions(test.flow_id)
            told = agreed(sessions, self.settings.users_min) if sessions else None
            if told is not None and told.evidence == test.evidence:
                found[test.id] = told
        return found

    def tests(
        self, app: str | None = None, states: frozenset[str] | None = None, missed: "Missed | None" = None
    ) -> "list[GeneratedTest]":
        """All stored tests of an app (None: of all) in these states (None: in any), each with the code that people
        should run: a person's edit where there is one.

        A generated one that an earlier version wrote, and that today's writer wouldn't, is written anew here, until a
        worker of this version does; where that can't be it is `missed` (without one, the error is raised)."""
        from agents.storage import CodeFilter, PageRequest

        tests: list[GeneratedTest] = []
        page = PageRequest(PAGE_ITEMS_MAX)
        while True:
            found = self.storage.tests(CodeFilter(app=app), page)
            for stored in found.items:
                if states is not None and stored.state not in states:
                    continue
                try:
                    tests.append(self._allowed(stored))
                except Exception as error:
                    if missed is None:
                        raise
                    missed(f"test {stored.test.title!r} of an earlier version is left out", error)
            if found.next_cursor is None:
                return tests
            page = PageRequest(PAGE_ITEMS_MAX, found.next_cursor)

    def _allowed(self, stored: "StoredTest") -> "GeneratedTest":
        """The test with the code that people should run. Raises ForbiddenCode, or what writing it anew raises."""
        from pipeline.codegen import ForbiddenCode, check_code
        from pipeline.generate import test_of

        test = stored.test.model_copy(update={"code": stored.code})
        if stored.saved:
            return test
        try:
            check_code(test.code)
        except ForbiddenCode:
            sessions = self.storage.sessions(test.flow_id)
            if not sessions:
                raise
            return test_of(sessions, self.settings.users_min, test.flow_id)
        return test

    def subjects(self, app: str, missed: "Missed", since: "Since | None" = None) -> "list[Subject]":
        """What is to be proven of an app: its tests as people should run them, each with what may repair it and, given
        `since`, with the users' sessions that may heal it. What an earlier version wrote and can't be written anew is
        `missed`."""
        from agents.storage import CodeFilter, PageRequest

        found: list[Subject] = []
        page = PageRequest(PAGE_ITEMS_MAX)
        while True:
            part = self.storage.tests(CodeFilter(app=app), page)
            for stored in part.items:
                try:
                    subject = self._subject(stored)
                except Exception as error:  # noqa: BLE001 - told, and left out
                    missed(f"test {stored.test.title!r} of an earlier version is left out", error)
                    continue
                found.append(subject if since is None else self.with_traffic(subject, since))
            if part.next_cursor is None:
                return found
            page = PageRequest(PAGE_ITEMS_MAX, part.next_cursor)

    def subject(self, test_id: str) -> "Subject | None":
        """What is to be proven of one test, without traffic; None where there is no such test. Raises what writing it
        anew raises where an earlier version wrote it."""
        stored = self.storage.test(test_id)
        return None if stored is None else self._subject(stored)

    def _subject(self, stored: "StoredTest") -> "Subject":
        from agents.proof.prover import Subject, with_code
        from pipeline.generate import agreed, test_of

        users_min = self.settings.users_min
        sessions = self.storage.sessions(stored.test.flow_id)
        story = agreed(sessions, users_min).story if sessions else None
        rewrite = None
        if sessions and not stored.saved:
            rewrite = partial(test_of, sessions, users_min, stored.test.flow_id)
        test = with_code(stored.test, stored.code) if stored.saved else self._allowed(stored)
        return Subject(test, stored.revision, story, rewrite)

    def known_verdict(self, test_id: str, revision: int, build: str, environment: str) -> "Verdict | None":
        """The newest verdict of this revision of a test on this build there; None where there is none."""
        from agents.storage import PageRequest
        from agents.storage.sql.verdict_rows import VERDICTS_MAX, VerdictFilter

        page = self.storage.verdicts(VerdictFilter(test_id=test_id), PageRequest(VERDICTS_MAX))
        told = (revision, build, environment)
        return next((one for one in page.items if (one.revision, one.build, one.environment) == told), None)

    @cached_property
    def artifacts(self) -> "ArtifactStore":
        """Where provers leave what runs left. Raises BadSettings for a URL that none can have."""
        from agents.proof.artifacts import ArtifactStore

        try:
            return ArtifactStore(self.settings.artifacts_url)
        except (ImportError, ValueError) as error:
            raise BadSettings(f"JOURNEYWRIGHT_ARTIFACTS: {error}") from None

    def new_tests(self, beat: "Callable[[], None]" = lambda: None) -> "NewTests":
        """What proves new and changed tests, and calls `beat` while it is at that. Raises BadSettings where no
        environment is meant for that."""
        from agents.local.browser import NoBrowser, find_chromium
        from agents.proof.automatic import NewTests
        from agents.proof.child import Pulse
        from agents.proof.environments import read_environments

        if self.settings.environments is None:
            raise BadSettings("JOURNEYWRIGHT_ENVIRONMENTS: the role prove needs a file of environments")
        known = read_environments(self.settings.environments)
        try:
            chromium = find_chromium(self.settings)
        except NoBrowser as error:
            raise BadSettings(f"JOURNEYWRIGHT_CHROMIUM: {error}") from None
        places = [
            (place.app, known.environment(name, chromium)) for name, place in known.places.items() if place.automatic
        ]
        if not places:
            raise BadSettings(
                f"JOURNEYWRIGHT_ENVIRONMENTS: no environment of {self.settings.environments} is automatic"
            )
        return NewTests(self, places, self.artifacts, self.settings.videos, Pulse(beat))

    def with_traffic(self, subject: "Subject", since: "Since") -> "Subject":
        """The same with the users' sessions before and after a change, as storage has them now."""
        told = None if subject.story is None else self._traffic(subject.story, subject.test, since)
        return replace(subject, traffic=told)

    def _traffic(self, story: "Story", test: "GeneratedTest", since: "Since") -> "Traffic | None":
        """The app's sessions before and after a change; None where nobody says when that was and no session did all of
        this as the test does it."""
        from agents.proof.prover import Traffic
        from pipeline.generate import agreed, test_of
        from pipeline.proof.traffic import SESSIONS_MAX, Watched

        users_min, read = self.settings.users_min, self.storage.newest_stories
        at = since.at or Watched(story, test).last_good(read(test.app, count_max=2 * SESSIONS_MAX))
        if not at:
            return None
        # The session that was good still belongs to what was before.
        until = at if since.at else f"{at}\uffff"
        return Traffic(
            before=read(test.app, until=until, count_max=SESSIONS_MAX),
            fresh=read(test.app, since=until, count_max=SESSIONS_MAX),
            since=f"build {since.build}" if since.build else at,
            write=lambda stories: test_of(stories, users_min, test.flow_id),
            agree=lambda stories: agreed(stories, users_min).story,
        )

    def outlooks(self, app: str, missed: "Missed", since: "Since") -> "Iterator[tuple[str, Story, Outlook, str]]":
        """What new sessions say about each test of an app: its name, its story, the outlook, and since when that is.
        Tests whose sessions can't be told apart by a change are left out."""
        from pipeline.proof.traffic import Watched

        for subject in self.subjects(app, missed, since):
            traffic = subject.traffic
            if traffic is not None and subject.story is not None:
                watched = Watched(subject.story, subject.test)
                found = watched.outlook(traffic.before, traffic.fresh)
                yield subject.test.name, subject.story, found, traffic.since

    def prove(
        self, subject: "Subject", environment: "Environment", wanted: "Wanted", say: "Callable[[str], None]"
    ) -> "Proof":
        """Proves one test and stores what came of it: the verdict, and the repaired or strengthened test as a revision.
        Raises ResetFailed."""
        from agents.proof.prover import prove

        proof = prove(subject, environment, wanted, say)
        if proof.revised is not None:
            why = "; ".join(proof.reasons)
            stored = self.storage.put_repair(proof.revised, why, subject.test.evidence, proof.origin)
            if stored is not None:
                proof = replace(proof, verdict=proof.verdict.model_copy(update={"revision": stored.revision}))
        self.storage.put_verdict(proof.verdict)
        if wanted.artifacts is not None:
            wanted.artifacts.prune(subject.test.id)
        return proof

    def close(self) -> None:
        """Closes what was opened."""
        if "embedder" in self.__dict__:
            self.embedder.close()
        if "storage" in self.__dict__:
            self.storage.close()
