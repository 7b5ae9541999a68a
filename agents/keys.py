"""API keys: who may send events, and who may read what came of them.

A file names them, each by the SHA-256 of its key, so that whoever reads the file can't use it. Keys are random and
long, so a plain hash does; and as hashes are compared, the time that takes tells nothing about a key. Without a file
everybody may do everything, as suits a port that listens on loopback.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.settings import BadSettings
from schemas import limits

Use = Literal["write", "read"]
KEYS_MAX: Final = 10_000
"""Keys of one file."""
KEY_CHARS_MAX: Final = 200
"""Length of a key; what is longer is none."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a key is good for: `write` sends events, `read` reads stories, tests and journeys and saves edits; of one
    app, or of all where `app` is None. `name` is what people call it; it is never the key."""

    name: str
    use: Use
    app: str | None = None

    def covers(self, app: str) -> bool:
        """Whether it is good for this app."""
        return self.app is None or self.app == app


OPEN: Final = Key("", "read")
"""What everybody has where there are no keys."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The known keys by their SHA-256. Empty: none is asked for."""

    by_hash: Mapping[str, Key] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        return bool(self.by_hash)

    def find(self, presented: str) -> Key | None:
        """The key with this text, None where there is none."""
        if not 0 < len(presented) <= KEY_CHARS_MAX:
            return None
        return self.by_hash.get(hashlib.sha256(presented.encode("utf-8", "replace")).hexdigest())


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    use: Use
    app: Annotated[str, Field(min_length=1, max_length=limits.ID_CHARS_MAX)] | None = None
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: Annotated[tuple[_Entry, ...], Field(min_length=1, max_length=KEYS_MAX)]


def read_keys(path: Path) -> Keys:
    """The keys of a TOML file. Raises BadSettings, in one line that never shows a hash."""
    try:
        found = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise BadSettings(f"JOURNEYWRIGHT_API_KEYS: {path} can't be read: {error.strerror}") from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise BadSettings(f"JOURNEYWRIGHT_API_KEYS: {path}: {place}: {fault['msg']}") from None
    except ValueError as error:
        raise BadSettings(f"JOURNEYWRIGHT_API_KEYS: {path} is no TOML file: {error}") from None
    by_hash = {entry.sha256: Key(entry.name, entry.use, entry.app) for entry in found.keys}
    if len(by_hash) < len(found.keys) or len({entry.name for entry in found.keys}) < len(found.keys):
        raise BadSettings(f"JOURNEYWRIGHT_API_KEYS: {path} has two entries with the same name or the same key")
    return Keys(by_hash)
