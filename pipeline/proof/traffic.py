"""What new sessions say about a test: whether its ways still find their elements, what its steps are now, and whether
users still come to its end."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.flows.trace import Session
from pipeline.proof.alignment import Alignment, Traits, align
from pipeline.proof.endings import EndText, Reader, end_texts, says
from pipeline.proof.locating import still_finds, used_ways
from pipeline.semantics.messages import errors
from pipeline.semantics.text import thing
from pipeline.steps.draft import target_of
from schemas.elements import Candidate
from schemas.events import Appeared, CountChanged, TextChanged, ValueChanged
from schemas.generated_tests import GeneratedTest
from schemas.stories import GotoStep, ScrollStep, Step, Story

SESSIONS_MAX: Final = 200
"""Sessions that are looked at on either side of a deploy: the newest."""
MOST: Final = 0.8
"""What so many of the sessions did is what users do now; what fewer than the rest of them did is gone."""
OWN_SHARE: Final = 0.5
"""A step belongs to this flow where so many of the sessions that did it came to the flow's end."""
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class StepNow:
    """One step of the test in the new sessions that came to its end: how many did it (`done`), in how many of these the
    test's way still found its element and nothing else (`found`), how many it led to the page to which it led before
    (`led`), and by what most of them did it."""

    step: int
    done: int
    found: int
    led: int
    by: str = ""
    by_count: int = 0


@dataclass(frozen=True, slots=True)
class NewStep:
    """What `count` of the new sessions did and the test doesn't."""

    said: str
    count: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the new sessions say about a test.

    `visits` counts the app's new sessions, `taken` those that went this flow's way, `succeeded` those of them that
    came to its end, `ended_alike` those in which all that the test says of the end was seen. `touched` counts the
    visits with any step of the test in them, `server_failed` those in which the server failed at one of these steps:
    what fails elsewhere in the app is another test's matter. `expected` is how many would have gone this way by what
    was before, `success_before` the share that came to the end then. `came_for_it` counts those who did nothing else
    after the end; `steps` are those of the test with an element, as these did them.
    """

    visits: int
    taken: int
    succeeded: int
    ended_alike: int
    touched: int
    server_failed: int
    expected: float
    success_before: float
    came_for_it: int
    steps: tuple[StepNow, ...] = ()
    added: tuple[NewStep, ...] = ()
    stories: tuple[Story, ...] = field(default=(), repr=False)
    """The sessions that came to the end, of the one flow that most of them make."""

    @property
    def lost(self) -> tuple[StepNow, ...]:
        """Steps that most of the users still do, and whose way no longer finds the element."""
        return tuple(one for one in self.steps if one.done and one.found <= (1 - MOST) * one.done)

    @property
    def elsewhere(self) -> tuple[StepNow, ...]:
        """Steps that lead most of the users to another page than before."""
        return tuple(one for one in self.steps if one.done and one.led <= (1 - MOST) * one.done)

    @property
    def unsure(self) -> tuple[StepNow, ...]:
        """Steps whose way finds the element for some users and not for others: two versions are in use."""
        return tuple(one for one in self.steps if (1 - MOST) * one.done < one.found < MOST * one.done)

    @property
    def left_out(self) -> tuple[StepNow, ...]:
        """Steps that hardly anybody does any more."""
        return tuple(one for one in self.steps if one.done <= (1 - MOST) * self.came_for_it)


class Watched:
    """A test with the story that it was written from, ready to be looked for in sessions."""

    def __init__(self, story: Story, test: GeneratedTest) -> None:
        self.test = test
        self.own = Session(story)
        self.traits = Traits(self.own)
        self.ways = used_ways(story, test)
        self.reader = Reader(self.own)
        self.end_texts = end_texts(test)
        self.end_call = _last_write(self.own)

    def outlook(self, before: Sequence[Story], fresh: Sequence[Story]) -> Outlook:
        """What the sessions after a deploy say, beside those before it. Pure: the same sessions give the same."""
        old = [_Laid(self, story) for story in before]
        new = [_Laid(self, story) for story in fresh]
        first = self._first_own_step(old)
        choice = self._choice(old, first)
        took = [one for one in new if one.takes(first)]
        came = [one for one in took if one.succeeded]
        old_took = [one for one in old if one.takes(first)]
        told = self._common_end([one for one in old_took if one.succeeded])
        # Who went on to do something else may have come another way: only those who came for this say what it is now.
        here = [one for one in came if one.ends_here]
        chose = sum(one.did(choice) for one in old)
        rate = len(old_took) / chose if chose else 0.0
        return Outlook(
            visits=len(new),
            taken=len(took),
            succeeded=len(came),
            ended_alike=sum(one.saw_all(told) for one in came),
            touched=sum(one.touched for one in new),
            server_failed=sum(one.server_failed for one in new),
            expected=rate * sum(one.did(choice) for one in new),
            success_before=sum(one.succeeded for one in old_took) / len(old_took) if old_took else 1.0,
            steps=tuple(self._step_now(place, here) for place in self._places()),
            came_for_it=len(here),
            added=_added(here),
            stories=_of_one_flow(here),
        )

    def _common_end(self, came: Sequence["_Laid"]) -> tuple[EndText, ...]:
        """The texts of the end that most earlier sessions saw; what differs between users says nothing of a change."""
        common = tuple(text for text in self.end_texts if sum(one.saw_all((text,)) for one in came) >= MOST * len(came))
        return common or self.end_texts

    def last_good(self, stories: Sequence[Story]) -> str:
        """When the newest session began that did all of this as the test does it; "" where none did."""
        good = (story.start_timestamp for story in stories if _Laid(self, story).as_before)
        return max(good, default="")

    def _places(self) -> list[int]:
        return [place for place, step in enumerate(self.own.story.steps) if target_of(step) is not None]

    def _first_own_step(self, old: Sequence["_Laid"]) -> int:
        """The first step that hardly anybody does who does not go this way to its end. To open a page is not one."""
        acts = [place for place, step in enumerate(self.own.story.steps) if not isinstance(step, GotoStep | ScrollStep)]
        for place in acts:
            did = [one for one in old if one.places[place] is not None]
            if did and sum(one.succeeded for one in did) >= OWN_SHARE * len(did):
                return place
        return acts[-1] if acts else 0

    def _choice(self, old: Sequence["_Laid"], first: int) -> int | None:
        """The step from which users go this way or another one; None where they come to it from anywhere."""
        for place in range(first - 1, -1, -1):
            if sum(one.places[place] is not None for one in old if one.takes(first)) >= MOST * sum(
                one.takes(first) for one in old
            ):
                return place
        return None

    def _step_now(self, place: int, came: Sequence["_Laid"]) -> StepNow:
        way = self.ways.get(place)
        done = found = led = 0
        by: Counter[str] = Counter()
        for one in came:
            at = one.places[place]
            target = None if at is None else target_of(one.session.story.steps[at])
            if target is None:
                continue
            done += 1
            found += way is None or still_finds(way, self.own, one.session, target)
            led += self._leads(place) in ("", one.leads(at))
            by[thing(target)] += 1
        most = min(by.items(), key=lambda told: (-told[1], told[0]), default=("", 0))
        return StepNow(place, done, found, led, *most)

    def _leads(self, place: int) -> str:
        return _led_to(self.own, place)


class _Laid:
    """A session laid beside the watched test. It lives only inside `outlook`."""

    def __init__(self, watched: Watched, story: Story) -> None:
        self.watched = watched
        self.session = Session(story)
        traits = Traits(self.session)
        self._kinds = traits.kinds
        laid: Alignment = align(watched.traits, traits)
        self.places, self.new = laid.places, laid.added
        mine = {story.steps[at].event_id for at in self.places if at is not None}
        self.touched = bool(mine)
        self.server_failed = any(_failed(one.status) for one in story.network_requests if one.cause in mine)
        self._reader = Reader(self.session)
        last = len(story.steps) - 1
        seen = self._seen(last)
        # What the user did after the end was seen belongs to something else.
        self._end = next((at for at in range(self._last_done, last) if self._seen(at)), last)
        self.succeeded = self._reached_end(seen)

    @property
    def as_before(self) -> bool:
        """Whether the test would have done just this, and seen what it says of the end."""
        watched = self.watched
        if not self.succeeded or not self.saw_all(watched.end_texts) or self.added:
            return False
        for place in watched._places():
            at = self.places[place]
            target = None if at is None else target_of(self._step(at))
            way: Candidate | None = watched.ways.get(place)
            if target is None or not (way is None or still_finds(way, watched.own, self.session, target)):
                return False
        return True

    @property
    def ends_here(self) -> bool:
        """Whether the user did nothing more after the end than look around."""
        later = {step.event_id for step in self.session.story.steps[self._end + 1 :]}
        entered = any(kind == "enter" for kind in self._kinds[self._end + 1 :])
        wrote = any(one.method not in _READS and one.cause in later for one in self.session.story.network_requests)
        return not entered and not wrote

    def saw_all(self, texts: Sequence[EndText]) -> bool:
        """Whether the session was shown all of these texts at its end."""
        shown = self._shown(len(self.session.story.steps) - 1)
        return all(says(text, self.watched.reader, shown, self._reader) for text in texts)

    def takes(self, first: int) -> bool:
        """Whether the session went this flow's way: it did its first own step, or a later one."""
        steps = self.watched.own.story.steps
        return any(
            at is not None and not isinstance(steps[place], GotoStep)
            for place, at in enumerate(self.places) if place >= first
        )  # fmt: skip

    @property
    def added(self) -> list[int]:
        """The steps up to the end that are none of the test's."""
        return [at for at in self.new if at <= self._end and not _is_idle(self._step(at))]

    def leads(self, at: int | None) -> str:
        """The page to which a step of the session led, apart from data; "" where it led nowhere."""
        return "" if at is None else _led_to(self.session, at)

    def did(self, place: int | None) -> bool:
        return place is None or self.places[place] is not None

    def _step(self, at: int) -> Step:
        return self.session.story.steps[at]

    @property
    def _last_done(self) -> int:
        """The last step of the session that is one of the test's."""
        return max((at for at in self.places if at is not None), default=0)

    def _seen(self, until: int) -> int:
        """How many of the texts at the test's end were shown from its last step to step `until`."""
        watched, shown = self.watched, self._shown(until)
        return sum(says(text, watched.reader, shown, self._reader) for text in watched.end_texts)

    def _shown(self, until: int) -> frozenset[str]:
        """What was shown from the test's last step to step `until`, and at the session's end where that is its last."""
        story = self.session.story
        texts = list(story.final_state.texts) if until == len(story.steps) - 1 else []
        for step in story.steps[self._last_done : until + 1]:
            texts += [step.after.title] if step.after is not None else []
            for change in (*step.changes, *step.opened_changes):
                match change:
                    case Appeared(element=element):
                        texts += [element.name or "", element.text or ""]
                    case TextChanged(after=after) | ValueChanged(after=after):
                        texts.append(after)
                    case CountChanged(texts=shown):
                        texts += shown
                    case _:
                        continue
        return frozenset(text for text in texts if text)

    def _reached_end(self, seen: int) -> bool:
        """Whether this session came to what the test ends on: it did the last step, the server took what was sent, the
        page refused nothing, and something of what the test says of the end was seen."""
        watched, story = self.watched, self.session.story
        done = [at for at in self.places if at is not None]
        if not done:
            return False
        last = self.places[-1]
        sent = watched.end_call is None or any(self._same_call(request_at) for request_at in self._calls())
        at_end = story.steps[max(done) : self._end + 1]
        refused = any(errors(step.changes) for step in at_end)
        failed = any(_failed(request.status) for request in story.network_requests if request.cause in self._causes())
        return (last is not None or watched.end_call is not None) and sent and not refused and not failed and (
            seen > 0 or not watched.end_texts
        )  # fmt: skip

    def _causes(self) -> set[str]:
        done = (at for at in (*self.places, *self.new) if at is not None and at <= self._end)
        return {self._step(at).event_id for at in done}

    def _calls(self) -> list[Hashable]:
        return [self.session.call(request) for request in self.session.story.network_requests]

    def _same_call(self, call: Hashable) -> bool:
        """Whether the server took the write that the flow ends on. Its address may be another one now."""
        wanted = self.watched.end_call
        if wanted is None or not isinstance(call, tuple):
            return False
        return call[0] not in _READS and (call[2] is None or call[2] < 400)


def _led_to(session: Session, place: int) -> str:
    step = session.story.steps[place]
    return session.data.place(step.after.url) if step.navigates and step.after is not None else ""


def _last_write(own: Session) -> Hashable | None:
    calls = [own.call(request) for request in own.story.network_requests if request.cause]
    return next((call for call in reversed(calls) if isinstance(call, tuple) and call[0] not in _READS), None)


def _failed(status: int | None) -> bool:
    return status is not None and (status >= 500 or status == 0)


def _is_idle(step: Step) -> bool:
    return isinstance(step, ScrollStep) or step.type == "hover"


def _added(came: Sequence[_Laid]) -> tuple[NewStep, ...]:
    """What most of the sessions did and the test does not, each with how it is said."""
    counts: Counter[Hashable] = Counter()
    said: dict[Hashable, str] = {}
    for one in came:
        tokens = {one.session.tokens[at]: at for at in one.added}
        for token, at in tokens.items():
            counts[token] += 1
            said.setdefault(token, one.session.story.steps[at].said)
    most = [(token, count) for token, count in counts.items() if count >= MOST * len(came)]
    return tuple(NewStep(said[token], count) for token, count in most)


def _of_one_flow(came: Sequence[_Laid]) -> tuple[Story, ...]:
    """The sessions of the flow that most of them make: from these the test can be written anew."""
    counts = Counter(one.session.story.flow_key for one in came)
    best = min(counts, key=lambda key: (-counts[key], key), default=None)
    return tuple(one.session.story for one in came if one.session.story.flow_key == best)
