"""The stories that were stored or read last, by their JSON: the tests of their flows are written right afterwards, and
to parse a story costs as much as a quarter of telling it."""

import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import Final

from pipeline.activities.flow_key import kinds_done
from pipeline.semantics.derived import once_per_story
from schemas.codecs import from_json, to_json
from schemas.recent import RecentByWeight
from schemas.stories import STORY, Story

CHARS_MAX: Final = 4 * 1024 * 1024
"""The JSON of all stories that are kept: four hundred of ten kilobytes; as values they take some five times as much."""

TOLD_MIN: Final = 5_000
"""Stories of which it is kept what they do: of some activities each, seven megabytes for twice as many."""


class RecentStories:
    """Keeps stories by their JSON, within CHARS_MAX. Safe on any thread.

    Example:  recent.keep(to_json(story).decode(), story); recent.story(body)
    """

    def __init__(self, chars_max: int = CHARS_MAX) -> None:
        self._chars_max = chars_max
        self._chars = 0
        self._known: OrderedDict[str, Story] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, body: str, story: Story) -> None:
        """Remembers a story and the JSON that it has."""
        with self._lock:
            if self._known.pop(body, None) is None:
                self._chars += len(body)
            self._known[body] = story
            while self._chars > self._chars_max:
                oldest, _ = self._known.popitem(last=False)
                self._chars -= len(oldest)

    def known(self, raw: bytes) -> Story | None:
        """The story with this JSON where it is known."""
        try:
            return self._known.get(raw.decode())
        except UnicodeDecodeError:
            return None

    def story(self, body: str) -> Story:
        """The story with this JSON, parsed where it is not known. Raises BadInput."""
        known = self._known.get(body)
        if known is None:
            known = from_json(STORY, body)
            self.keep(body, known)
        return known


class ToldStories:
    """What the stories do that this process told last, by a digest of their JSON: `told_min` of them, and at most twice
    as many. Of such a story that comes from the topic it is known, too, that its JSON is canonical. Safe on any
    thread."""

    def __init__(self, told_min: int) -> None:
        self._kinds: RecentByWeight[bytes, tuple[frozenset[str] | None]] = RecentByWeight(told_min, lambda *_: 1)

    def note(self, raw: bytes, story: Story) -> None:
        """Remembers a story by the JSON that was made of it."""
        self._kinds.put(_digest(raw), (kinds_done.known(story),))

    def recall(self, raw: bytes, story: Story) -> None:
        """Gives the story that was parsed of this JSON what is known of it."""
        found = self._kinds.get(_digest(raw))
        if found is None:
            return
        json_of.note(story, raw)
        if found[0] is not None:
            kinds_done.note(story, found[0])


def _digest(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=16).digest()


@once_per_story
def json_of(story: Story) -> bytes:
    """Its canonical JSON: the same value is printed for the topic and for the storage."""
    return to_json(story)


RECENT: Final = RecentStories()
TOLD: Final = ToldStories(TOLD_MIN)
"""Of this process."""
