"""From many sessions of one flow to the one story that its test is written from.

The representative session tells the steps, one whose values may be told before others. What it saw is kept where the
others saw it too; what varied without a reason in what the users did is dropped, and so are ways to find an element
that did not work for everybody. A flow that was seen once gives exactly its one story.
"""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.flows.counted import COUNTED_CHARS_MAX, most_counted
from pipeline.flows.foreign_texts import typed_by_others
from pipeline.flows.number_free import (
    after_number,
    first_sentences,
    name_without_number,
    saying,
    saying_end,
    without_text,
)
from pipeline.flows.representative import of_one_layout, representative
from pipeline.flows.trace import Session, numberless, rough_of, session_of, text_of
from pipeline.privacy.pseudonyms import USERS_MIN, hidden, made_up, rare_texts, typed_texts
from pipeline.semantics.elements import DATA, is_search
from pipeline.semantics.messages import errors
from pipeline.semantics.object_names import card_texts, heads_a_card, in_row, is_row
from pipeline.steps.draft import target_of
from schemas.elements import ByPath, Candidate, Element
from schemas.events import Appeared, Change, CountChanged, Page, TextChanged
from schemas.generated_tests import Parameter
from schemas.stories import FillStep, NetworkRequest, SelectStep, State, Step, Story

SAMPLES_MAX: Final = 20
"""Sessions of a flow that its test is written from: what is kept of a flow does not grow with its traffic."""
HELD_SHARE: Final = 0.8
"""What so many of the sessions saw is the app's doing; what fewer saw is chance."""
DECIDED_MIN: Final = 2
"""Other sessions on either side, from which on a choice is said to decide what is seen."""
AUTOSAVED_SHARE: Final = 0.5
"""Where the page saved what was typed before so many of the users went on, it does so; the others were quicker."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the sessions of a flow have in common: the story to write the test from, and the sessions it stands on.

    `evidence` names the sessions and their versions: as long as it is the same, so is the story. `dropped` counts what
    was seen in the representative's session and not held in the others. `rare` are the texts of the sessions that may
    not be told. `parameters`, and the assertions that are `fixed` whatever the values are, are filled in
    by `pipeline.codegen.parameter_rows`; `unique`, the names that must be another in each run, by
    `pipeline.codegen.unique_names`.
    """

    story: Story
    sessions: tuple[Story, ...]
    dropped: int = 0
    rare: frozenset[str] = frozenset()
    parameters: tuple[Parameter, ...] = ()
    fixed: frozenset[Hashable] = frozenset()
    unique: tuple[str, ...] = ()

    @property
    def evidence(self) -> str:
        return evidence_of((story.id, story.version) for story in self.sessions)


def evidence_of(versions: Iterable[tuple[str, int]]) -> str:
    """A short name for (story id, version) pairs in any order."""
    text = "\n".join(f"{name} {version}" for name, version in sorted(versions))
    # As storage holds it: no database takes a NUL or half of a character.
    return hashlib.sha256(text.replace("\0", "\ufffd").encode("utf-8", "replace")).hexdigest()[:32]


def sampled(stories: Iterable[Story]) -> tuple[Story, ...]:
    """The newest versions of the SAMPLES_MAX stories with the smallest ids.

    Story ids are hashes, so this is a fair draw, the same in any order, and a new story seldom changes it.
    """
    newest: dict[str, Story] = {}
    for story in stories:
        if story.id not in newest or story.version > newest[story.id].version:
            newest[story.id] = story
    return tuple(newest[name] for name in sorted(newest)[:SAMPLES_MAX])


def consensus(stories: Iterable[Story], users_min: int = USERS_MIN) -> Consensus:
    """What the stories of one flow agree on. Pure: the same set gives the same, in any order.

    What neither `users_min` users nor a tester typed is made up in it.
    """
    sessions = sampled(stories)
    rare = rare_texts(sessions, users_min)
    found = _agreed(sessions, rare)
    return replace(found, story=hidden(found.story, made_up(found.story, rare)), rare=rare)


def _agreed(sessions: tuple[Story, ...], rare: frozenset[str]) -> Consensus:
    if len(sessions) == 1:
        return Consensus(sessions[0], sessions)
    told = [session_of(story) for story in of_one_layout(sessions)]
    own = representative(told, rare)
    chosen, others = own.story, [session for session in told if session is not own]
    vote = _Vote(own, others, rare)
    steps = tuple(vote.step(number) for number in range(len(chosen.steps)))
    agreed = chosen.model_copy(
        update={
            "steps": steps,
            "network_requests": vote.requests(),
            "final_state": vote.final_state(),
        }
    )
    return Consensus(agreed, sessions, vote.dropped)


_Has = Callable[[Session, int], bool]
"""Whether a session has something after its step of that number."""


class _Vote:
    """The representative's session laid beside the others. It lives only inside `consensus`."""

    def __init__(self, own: Session, others: Sequence[Session], rare: frozenset[str]) -> None:
        self.own = own
        self._rare = rare
        self.others = others
        self.dropped = 0
        self._same = {id(other): self._alike_until(other) for other in others}
        self._foreign = typed_by_others(own.story, [other.story for other in others])
        self._entered = len(typed_texts(own.story.steps))
        chosen = (one.label for step in own.story.steps if isinstance(step, SelectStep) for one in step.options)
        self._is_chosen = own.user in chosen

    def _alike_until(self, other: Session) -> int:
        """How many of the first steps had the same input in the other session."""
        for place, (mine, token) in enumerate(zip(self.own.inputs, self.own.tokens, strict=True)):
            at = other.places.get(token)
            # What may not be told is made up in the test: nobody has typed that.
            if at is None or other.inputs[at] != mine or mine in self._rare:
                return place
        return len(self.own.story.steps)

    def held(self, place: int, has: _Has, like: _Has | None = None) -> bool:
        """Whether what the own session shows after step `place` was seen by nearly all who can tell.

        Sessions with the same inputs so far can: they had to see the same. Without any, all that did the step are
        asked; where other inputs may well have led to something else, `like` says what they had to see at least.
        """
        seen = [(other, at) for other in self.others if (at := other.places.get(self.own.tokens[place])) is not None]
        witnesses = [(other, at) for other, at in seen if self._same[id(other)] > place]
        saw = {id(other): has(other, at) for other, at in seen}
        if any(mine in self._rare for mine in self.own.inputs[: place + 1]):
            like = None  # what others didn't see may go by the value, and tell it
        if any(other.user != self.own.user for other, _ in seen):
            like = None  # what one person sees and another doesn't is theirs: the test signs in as anybody
        if witnesses or like is None:
            asked = [saw[id(other)] for other, _ in witnesses or seen]
        else:
            asked = [saw[id(other)] or like(other, at) for other, at in seen]
        share = (1 + sum(asked)) / (1 + len(asked))
        return share >= HELD_SHARE or self._decided(place, [(other, saw[id(other)]) for other, _ in seen])

    def _decided(self, place: int, seen: Sequence[tuple[Session, bool]]) -> bool:
        """Whether one choice of the users decides it: all who chose the same saw it, and nobody who chose otherwise."""
        for number in range(place + 1):
            token, mine = self.own.tokens[number], self.own.inputs[number]
            if mine in self._rare:
                continue
            alike = [saw for other, saw in seen if token in other.places and other.inputs[other.places[token]] == mine]
            if len(alike) >= DECIDED_MIN and all(alike):
                rest = len(seen) - len(alike)
                if rest >= DECIDED_MIN and sum(saw for _, saw in seen) == len(alike):
                    return True
        return False

    def step(self, place: int) -> Step:
        """The step with what held."""
        step = self.own.story.steps[place]
        update: dict[str, object] = {
            "changes": self._changes(place, step.changes, False),
            "opened_changes": self._changes(place, step.opened_changes, True),
            "after": self._after(place, step),
        }
        target = target_of(step)
        if target is not None:
            update["target"] = self._target(place, target)
        if isinstance(step, FillStep):
            update["autosaved"] = step.autosaved or self._autosaves(place)
        return step.model_copy(update=update)

    def _autosaves(self, place: int) -> bool:
        token = self.own.tokens[place]
        steps = [other.story.steps[at] for other in self.others if (at := other.places.get(token)) is not None]
        saved = [step for step in steps if isinstance(step, FillStep) and step.autosaved]
        return len(saved) >= AUTOSAVED_SHARE * (1 + len(steps))

    def _changes(self, place: int, changes: tuple[Change, ...], opened: bool) -> tuple[Change, ...]:
        kept = []
        for change in changes:
            keys, rough = self.own.keys_of(change), rough_of(change)
            came = isinstance(change, Appeared) and not opened

            def shows(session: Session, at: int, keys: tuple[Hashable, ...] = keys, came: bool = came) -> bool:
                shown = session.shown(at, opened)
                return any(key in shown for key in keys) or (came and session.stands(at, keys))

            def shows_such(session: Session, at: int, rough: Hashable = rough) -> bool:
                return any(rough_of(one) == rough for one in session.changes(at, opened))

            names = heads_a_card(change.element, changes) and DATA not in self.own.masked(text_of(change))
            if names or self._is_of_others(place, change) or self._numbers_vary(place, keys, opened):
                kept += without_text(change) or self._without_numbers(place, change, opened)
                continue
            if self.held(place, shows, None if self._is_found(place, change) else shows_such):

                def ways(session: Session, at: int, keys: tuple[Hashable, ...] = keys) -> frozenset[Hashable]:
                    shown = session.shown(at, opened)
                    return session.ways(next((shown[key] for key in keys if key in shown), None))

                kept.append(change.model_copy(update={"element": self._element(place, change.element, ways)}))
            else:
                kept += without_text(change)
        self.dropped += len(changes) - len(kept)
        return tuple(kept)

    def _without_numbers(self, place: int, change: Change, opened: bool) -> list[Change]:
        """What came by its sentences before the first number, where the others saw these; a heading that says how many
        of what the user asked for there are, by what stands after the number."""
        if named := self._own_heading(place, change, opened):
            return named
        said = first_sentences(change.element.text or "") if isinstance(change, Appeared) else ""
        alone = not any(self.own.tokens[place] in other.places for other in self.others)
        if not said or alone or self._foreign.stand_in(said):
            return []

        def says(session: Session, at: int) -> bool:
            return any((one.text or "").startswith(said) for one in session.came(at, opened))

        return [change.model_copy(update={"element": saying(change.element, said)})] if self.held(place, says) else []

    def _own_heading(self, place: int, change: Change, opened: bool) -> list[Change]:
        """A heading of what the user entered: by its name, where the number beside it is no part of that; by what
        stands after the number, where it says how many of what was asked for there are."""
        if not isinstance(change, Appeared) or change.element.role != "heading":
            return []
        for said_of in (name_without_number, lambda element: after_number(element.text or "")):
            said = said_of(change.element)
            own = self.own.masked(said)
            if DATA not in own or self._foreign.stand_in(said):
                continue
            if not (element := saying_end(change.element, said)).candidates:
                continue

            def says(session: Session, at: int, own: str = own, said_of: Callable[[Element], str] = said_of) -> bool:
                headings = (one for one in session.came(at, opened) if one.role == "heading")
                return any(session.masked(said_of(one)) == own for one in headings)

            if self.held(place, says):
                return [change.model_copy(update={"element": element})]
        return []

    def _is_found(self, place: int, change: Change) -> bool:
        """Whether a search may have brought it that looked for something else in others' sessions: nothing in it is
        the user's own."""
        searched = any(is_search(step) for step in self.own.story.steps[: place + 1])
        return searched and DATA not in self.own.masked(text_of(change))

    def _is_of_others(self, place: int, change: Change) -> bool:
        """Whether a change shows what other users made, or may well do so."""
        if self._foreign.stand_in(text_of(change)) or self._counts_things(change):
            return True
        return self._seen_alone(place, change) or self._is_others_row(change)

    def _is_others_row(self, change: Change) -> bool:
        """Whether what came is a row of a table, or stands in one or in a card, with nothing that the user entered or
        chose."""
        if not isinstance(change, Appeared):
            return False
        card = () if in_row(change.element) else card_texts(change.element)
        if not card and not in_row(change.element):
            return False
        return all(DATA not in self.own.masked(self._without_user(text)) for text in (text_of(change), *card))

    def _without_user(self, text: str) -> str:
        """The text without the name of who signed in, which stands beside many a thing, unless it was chosen, too."""
        return text if self._is_chosen else " ".join(word for word in text.split() if word != self.own.user)

    def _seen_alone(self, place: int, change: Change) -> bool:
        """Whether only this session went that way, and what the page showed there may be anybody's: it holds nothing
        that the user entered, and is no name of the page itself."""
        if any(self.own.tokens[place] in other.places for other in self.others):
            return False
        text, after = text_of(change), self.own.story.steps[place].after
        names_page = change.element.level == 1 and after is not None and (change.element.text or "") in after.title
        if names_page or errors([change]):  # what the app refused, it refuses all who do the same
            return False
        return isinstance(change, Appeared | TextChanged) and DATA not in self.own.masked(text)

    def _counts_things(self, change: Change) -> bool:
        """Whether it says how many things there are, more than this session entered: others add some and take some
        away, which the sessions of an hour may not show."""
        if isinstance(change, CountChanged):
            return not change.texts and change.after > self._entered
        text = change.after if isinstance(change, TextChanged) else change.element.text or change.element.name
        masked = self.own.masked((text or "")[:COUNTED_CHARS_MAX])
        return most_counted(masked, change.element.role) > max(self._entered, 1)

    def _numbers_vary(self, place: int, keys: tuple[Hashable, ...], opened: bool) -> bool:
        """Whether others saw the same with other numbers, and nobody with these: those of a thing that was made."""
        token = self.own.tokens[place]
        seen = [(other, at) for other in self.others if (at := other.places.get(token)) is not None]
        if any(key in other.shown(at, opened) for other, at in seen for key in keys):
            return False
        shapes = {numberless(key) for key in keys}
        return any(not shapes.isdisjoint(other.shapes(at, opened)) for other, at in seen)

    def _element(self, place: int, own: Element, ways: Callable[[Session, int], frozenset[Hashable]]) -> Element:
        """The element with those ways to find it that the other sessions had as well; all, where that leaves none."""
        others = [
            found
            for other in self.others
            if (at := other.places.get(self.own.tokens[place])) is not None and (found := ways(other, at))
        ]
        sure = tuple(
            candidate
            for candidate in own.candidates
            if 1 + sum(self._found(candidate, found) for found in others) >= HELD_SHARE * (1 + len(others))
        )
        if sure == own.candidates or not any(candidate.count == 1 for candidate in sure):
            return own
        return own.model_copy(update={"candidates": sure})

    def _target(self, place: int, own: Element) -> Element:
        """What a step acted on, with the ways that the others had as well. Where these tell but a place among others,
        which may be another thing's tomorrow, also with those by the words of the thing that holds it, if each of the
        others found it in the same way in a thing of its own."""
        agreed = self._element(place, own, lambda s, at: s.ways(target_of(s.story.steps[at])))
        if agreed is own or any(one.count == 1 and not isinstance(one.locator, ByPath) for one in agreed.candidates):
            return agreed
        token = self.own.tokens[place]
        seen = [(other, at) for other in self.others if (at := other.places.get(token)) is not None]
        others = [other.ways_in_things(target_of(other.story.steps[at])) for other, at in seen]
        held = [one for one in own.candidates if all(self.own.way_in_thing(one) in found for found in others)]
        return own.model_copy(
            update={"candidates": tuple(one for one in own.candidates if one in agreed.candidates or one in held)}
        )

    def _found(self, candidate: Candidate, ways: frozenset[Hashable]) -> bool:
        if self.own.way(candidate) in ways:
            return True
        if candidate.within and not all(map(is_row, candidate.within)):
            return False
        # What alone has some words has them alone in its row, and as the whole of its name.
        loose = candidate.locator.model_copy(update={"exact": False} if hasattr(candidate.locator, "exact") else {})
        return self.own.alone(loose) in ways or (bool(candidate.within) and self.own.alone(candidate.locator) in ways)

    def _after(self, place: int, step: Step) -> Page | None:
        """The page afterwards; an address or a title that varied is said to be as before, so that nobody asserts it."""
        after = step.after
        if after is None:
            return None
        url, title = self.own.data.place(after.url), self.own.masked(after.title)

        def came(session: Session, at: int) -> bool:
            page = session.story.steps[at].after
            return page is not None and session.data.place(page.url) == url

        def titled(session: Session, at: int) -> bool:
            page = session.story.steps[at].after
            return page is not None and session.masked(page.title) == title

        update = {
            "url": after.url if self.held(place, came) else step.page.url,
            "title": after.title if self.held(place, titled, lambda *_: True) else step.page.title,
        }
        return after.model_copy(update=update)

    def requests(self) -> tuple[NetworkRequest, ...]:
        """The requests that the same step caused in nearly all sessions, with the same answer."""
        places = {step.event_id: place for place, step in enumerate(self.own.story.steps)}
        kept = []
        for request in self.own.story.network_requests:
            place, call = places.get(request.cause or ""), self.own.call(request)
            if place is None or self.held(place, lambda s, at, call=call: call in s.calls(at)):  # type: ignore[misc]
                kept.append(request)
        return tuple(kept)

    def final_state(self) -> State:
        """The last page with the texts that held."""
        state, last = self.own.story.final_state, len(self.own.story.steps) - 1
        kept = []
        for text in state.texts:

            def says(session: Session, _: int, text: str = self.own.masked(text)) -> bool:
                return any(session.masked(one) == text for one in session.story.final_state.texts)

            if self.held(last, says, lambda *_: True):
                kept.append(text)
        return state.model_copy(update={"texts": tuple(kept)})
