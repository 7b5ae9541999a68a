"""Values that few users typed, replaced by made-up ones of the same shape: they may tell who somebody is.

A made-up value comes from the flow and from the place of the value in it, never from the value itself: nobody can tell
from it what was typed, not even by trying. It stands wherever the value stood: in fields, texts, addresses, sentences.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from pipeline.privacy.replacing import Replacer
from pipeline.semantics.text import is_editor
from schemas.codecs import dump, from_plain
from schemas.events import Change, Dialog, Effect, Event, Fill, Upload, ValueChanged
from schemas.stories import STORY, FillStep, Step, Story, UploadStep

USERS_MIN: Final = 3
"""What fewer users typed may tell who they are (k-anonymity), unless testers did."""
TRIES_MAX: Final = 16
"""Made-up values that are tried, until one is like no other of the story."""
_TEXTS: Final = ("title", "sentence", "initialState", "finalState", "actions", "networkRequests", "steps")
_STRUCTURE: Final = frozenset(
    {"type", "change", "event_id", "cause", "tab_id", "opens_tab", "role", "tag", "by", "attribute", "secret", "token"}
    | {"key", "button", "modifiers", "method", "timestamp", "state", "dialog", "autocomplete", "name_from"}
)
"""Fields that hold our own words, never the page's."""
_ENVELOPE: Final = frozenset(
    {"v", "kind", "id", "app", "session_id", "journey_id", "user_id", "source", "traffic", "how", "opened_tab_id"}
)
"""Fields of an event that hold ids and our own words."""
_TIMES: Final = frozenset({"at_ms", "seq", "tab_id"})
_VOWELS: Final = "aeiou"
_CONSONANTS: Final = "bcdfghklmnprstvwz"
_ISO: Final = re.compile(r"(\d{4}-)(\d{2})(-\d{2})?(T\d{2}:\d{2}(?::\d{2})?)?")
_DATE: Final = re.compile(r"\d{1,2}([./-])\d{1,2}\1(\d{4}|\d{2})")
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


def typed_texts(steps: Iterable[Step]) -> tuple[str, ...]:
    """All that the user typed or named, secrets apart (they have no text), in the order of the steps."""
    found: dict[str, None] = {}
    for step in steps:
        if isinstance(step, FillStep) and not step.value.secret:
            found[step.value.text] = None
        elif isinstance(step, UploadStep):
            found |= dict.fromkeys(step.files)
        found |= dict.fromkeys(answer.value for answer in step.dialogs)
    return tuple(text for text in found if text.strip())


def rare_texts(sessions: Sequence[Story], users_min: int) -> frozenset[str]:
    """What fewer than `users_min` users typed in these sessions, and no tester. A session without a user is a user of
    its own."""
    users: dict[str, set[str]] = {}
    known: set[str] = set()
    for session in sessions:
        texts = typed_texts(session.steps)
        if session.traffic == "test":
            known.update(texts)
        for text in texts:
            users.setdefault(text, set()).add(session.user_id or session.session_id)
    return frozenset(text for text, who in users.items() if len(who) < users_min and text not in known)


def made_up(story: Story, rare: frozenset[str]) -> dict[str, str]:
    """For each rare text of the story a made-up one of the same shape."""
    texts = typed_texts(story.steps)
    out: dict[str, str] = {}
    for number, text in enumerate(texts):
        if text not in rare:
            continue
        tried = (like(text, f"{story.flow_key} {number} {again}") for again in range(TRIES_MAX))
        taken = {*texts, *out.values()}
        # A text without letters and digits has nothing to hide, and stays.
        out[text] = next((made for made in tried if made not in taken), text)
    return out


def hidden(story: Story, instead: Mapping[str, str]) -> Story:
    """The story with these texts in the place of those, wherever they stand, and in addresses however spelled. What
    becomes longer than it may be is cut."""
    if not instead:
        return story
    replace = Replacer(instead)
    steps = tuple(_in_editors(_without_keys(step), instead) for step in story.steps)
    fields: dict[str, Any] = dump(story.model_copy(update={"steps": steps}))
    changed = {name: _mapped(fields[name], replace) for name in _TEXTS if name in fields}
    return from_plain(STORY, {**fields, **changed})


def _without_keys(step: Step) -> Step:
    """The step without the keys of a text that is made up, or of words that were taken back: the value tells of it."""
    return step.model_copy(update={"keys": ()}) if isinstance(step, FillStep) and step.keys else step


def _in_editors(step: Step, instead: Mapping[str, str]) -> Step:
    """The step with what its changes tell of editors, piece by piece, as it stands in the made-up texts: no piece is a
    text that was typed as a whole."""
    changes = tuple(_pieces(one, instead) if _of_editor(one) else one for one in step.changes)
    return step.model_copy(update={"changes": changes}) if changes != step.changes else step


def _of_editor(change: Change) -> bool:
    return isinstance(change, ValueChanged) and is_editor(change.element)


def _pieces(change: Change, instead: Mapping[str, str]) -> Change:
    def made(told: str) -> str:
        lines = (line.rpartition("\t") for line in told.split("\n"))
        pieces = ((tags, _piece(text, instead)) for tags, _, text in lines)
        return "\n".join(f"{tags}\t{text}" for tags, text in pieces if text)

    assert isinstance(change, ValueChanged)
    return change.model_copy(update={"before": made(change.before), "after": made(change.after)})


def _piece(text: str, instead: Mapping[str, str]) -> str:
    """What stands in the place of a part of a text; empty for one that is in none of them, as it may say as much."""
    for whole, other in instead.items():
        at = whole.find(text)
        if at >= 0 and len(whole) == len(other):
            return other[at : at + len(text)]
    return ""


def visible_to_everyone(story: Story, users_min: int) -> Story:
    """A story as everybody may read it: where values of real traffic need several users, all of them are made up, for
    how many users typed one is not asked here."""
    return hidden(story, _all_made_up(story, users_min))


def title_for_all(story: Story, users_min: int) -> str:
    """The title of that story."""
    instead = _all_made_up(story, users_min)
    return Replacer(instead)(story.title) if instead else story.title


def _all_made_up(story: Story, users_min: int) -> dict[str, str]:
    if users_min <= 1 or story.traffic != "real":
        return {}
    return made_up(story, frozenset(typed_texts(story.steps)))


def events_without_values(events: Sequence[Event], seed: str) -> list[dict[str, Any]]:
    """The events of a window as plain values, with a made-up text wherever one stands that the user typed. A recording
    is left empty: what it holds can't be looked through. `seed` is the window's own: the same gives the same."""
    texts: dict[str, None] = {}
    for event in events:
        match event:
            case Fill() if not event.value.secret:
                texts[event.value.text] = None
            case Upload():
                texts |= dict.fromkeys(event.files)
            case Dialog():
                texts[event.value] = None
            case _:
                pass
    typed = [text for text in texts if text.strip()]
    replace = Replacer({text: like(text, f"{seed} {number}") for number, text in enumerate(typed)})
    return [
        {
            name: value if name in _ENVELOPE else "" if name == "chunk" else _mapped(value, replace)
            for name, value in dump(_without_editors(event)).items()
            if name != "keys"
        }
        for event in events
    ]


def _without_editors(event: Event) -> Event:
    """The event without what stands in editors: each line of it may be a part of what was typed."""
    if not isinstance(event, Effect):
        return event
    empty = {"before": "", "after": ""}
    changes = (one.model_copy(update=empty) if _of_editor(one) else one for one in event.changes)
    return event.model_copy(update={"changes": tuple(changes)})


def event_without_texts(event: bytes) -> dict[str, Any]:
    """An event, as canonical JSON, of which only ids, times and our own words are shown."""
    return {name: value for name, value in orjson.loads(event).items() if name in _ENVELOPE or name in _TIMES}


def _mapped(value: Any, replace: Callable[[str], str]) -> Any:
    match value:
        case str():
            return replace(value)
        case dict():
            return {key: one if key in _STRUCTURE else _mapped(one, replace) for key, one in value.items()}
        case list() | tuple():
            return [_mapped(one, replace) for one in value]
        case _:
            return value


# --- shapes ---


def like(text: str, seed: str) -> str:
    """A text of the same shape: letters for letters, digits for digits; a date stays a date, an address an address."""
    noise = _noise(seed, len(text))
    if _MAIL.fullmatch(text):
        return _scrambled(text.partition("@")[0], noise) + "@example.com"
    if text.startswith(("http://", "https://")):
        return _address(text, noise)
    if found := _ISO.fullmatch(text):
        year, _, day, clock = found.groups()
        time = f"T{_clock(clock[1:], noise[2:])}" if clock else ""
        return f"{year}{1 + noise[0] % 12:02}{f'-{1 + noise[1] % 28:02}' if day else ''}{time}"
    if _DATE.fullmatch(text):
        first, mark, second, _, year = re.split(r"([./-])", text)
        parts = (1 + noise[0] % 9 if len(one) == 1 else f"{1 + noise[1] % 12:02}" for one in (first, second))
        return mark.join([*map(str, parts), year])
    return _clock(text, noise) if _CLOCK.fullmatch(text) else _scrambled(text, noise)


def _noise(seed: str, length: int) -> bytes:
    return hashlib.shake_256(seed.encode("utf-8", "replace")).digest(length + 8)


def _address(text: str, noise: bytes) -> str:
    scheme, _, rest = text.partition("://")
    path = rest[len(rest) - len(rest.partition("/")[2]) - 1 :] if "/" in rest else ""
    return f"{scheme}://example.com{_scrambled(path, noise)}"


def _clock(text: str, noise: bytes) -> str:
    hours, *rest = text.split(":")
    hour = 1 + noise[0] % 9 if len(hours) == 1 else f"{noise[0] % 24:02}"
    return ":".join([str(hour), *(f"{byte % 60:02}" for byte in noise[1 : 1 + len(rest)])])


def _scrambled(text: str, noise: bytes) -> str:
    """Vowels for vowels and consonants for consonants, so that it can be read; no number begins with a naught."""
    out = []
    for place, char in enumerate(text):
        byte = noise[place]
        if char.isdigit():
            inside = place > 0 and text[place - 1].isdigit()
            out.append(str(byte % 10 if inside else 1 + byte % 9))
        elif char.isalpha():
            letters = _VOWELS if char.lower() in _VOWELS else _CONSONANTS
            made = letters[byte % len(letters)]
            out.append(made.upper() if char.isupper() else made)
        else:
            out.append(char)
    return "".join(out)
