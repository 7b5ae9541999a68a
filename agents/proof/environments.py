"""The environments of a TOML file: where apps may be tested, as people wrote it down.

    [staging]
    app = "shop.example"
    base_url = "https://staging.shop.example"
    allowed_origins = ["https://login.shop.example"]
    reached_origins = ["https://fonts.example"]
    secrets = "staging.env"
    reset = "./reset.sh"
    build = "118"
    parallel = 2
    expect_s = 10

Secrets stand in files of their own, NAME=value a line, or in variables: never in this one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from agents.proof.runner import EXPECT_S, EXPECT_S_MAX, Environment
from agents.settings import BadSettings
from pipeline.semantics.urls import origin
from schemas import limits

ENVIRONMENTS_MAX: Final = 1_000
"""Environments of one file."""
ORIGINS_MAX: Final = 50
SECRETS_BYTES_MAX: Final = 64 * 1024
PARALLEL_MAX: Final = 16
"""Tests that run at once in one environment."""
IDENTITY: Final = "APP_"
"""How the names of the variables begin that tests read."""

_Line = Annotated[str, StringConstraints(max_length=2_000)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_Origins = Annotated[tuple[_Line, ...], Field(max_length=ORIGINS_MAX)]


class Place(BaseModel):
    """One environment. Secrets may be typed on the base URL's origin and on `allowed_origins`; pages may load from
    these and from `reached_origins` ("*": from anywhere). `reset` is a command or an address to POST to, `parallel` how
    many tests run at once, `expect_s` how long an assertion may wait there. Where it is `automatic`, workers with the
    role prove run new and changed tests there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app: Annotated[str, StringConstraints(min_length=1, max_length=limits.ID_CHARS_MAX)]
    base_url: _Line
    allowed_origins: _Origins = ()
    reached_origins: _Origins = ()
    secrets: Path | None = None
    reset: _Line = ""
    build: _Line = ""
    parallel: Annotated[int, Field(ge=1, le=PARALLEL_MAX)] = 1
    automatic: bool = False
    expect_s: Annotated[int, Field(ge=1, le=EXPECT_S_MAX)] = EXPECT_S


@dataclass(frozen=True)
class Environments:
    """The places by name; `folder` is where the file lies, from which the secrets' files are named."""

    places: Mapping[str, Place]
    folder: Path

    def place(self, name: str) -> Place:
        """The place of this name. Raises BadSettings."""
        if name not in self.places:
            known = ", ".join(sorted(self.places)) or "none"
            raise BadSettings(f"JOURNEYWRIGHT_ENVIRONMENTS names no environment {name[:100]!r}; there is {known}")
        return self.places[name]

    def identities(self, place: Place) -> dict[str, str]:
        """The variables in the place's file of secrets. Raises BadSettings, which never shows a value."""
        if place.secrets is None:
            return {}
        return read_secrets(self.folder / place.secrets)

    def environment(self, name: str, chromium: Path) -> Environment:
        """The place of this name as tests are run there, with the identities of its file of secrets. Raises
        BadSettings."""
        place = self.place(name)
        return Environment(
            place.base_url,
            chromium,
            name,
            place.build,
            place.reset,
            self.identities(place),
            place.allowed_origins,
            place.reached_origins,
            expect_s=place.expect_s,
        )


def read_environments(path: Path) -> Environments:
    """The environments of a TOML file. Raises BadSettings, in one line."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        if len(told) > ENVIRONMENTS_MAX:
            raise BadSettings(f"JOURNEYWRIGHT_ENVIRONMENTS: {path} has more than {ENVIRONMENTS_MAX} environments")
        places = {name: _place(path, name, entry) for name, entry in told.items()}
    except OSError as error:
        raise BadSettings(f"JOURNEYWRIGHT_ENVIRONMENTS: {path} can't be read: {error.strerror}") from None
    except BadSettings:
        raise
    except ValueError as error:
        raise BadSettings(f"JOURNEYWRIGHT_ENVIRONMENTS: {path} is no TOML file: {error}") from None
    return Environments(places, path.absolute().parent)


def _place(path: Path, name: str, entry: object) -> Place:
    about = f"JOURNEYWRIGHT_ENVIRONMENTS: {path}: {name}"
    try:
        place = Place.model_validate(entry)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise BadSettings(f"{about}.{where}: {fault['msg']}") from None
    if not origin(place.base_url).startswith(("http://", "https://")):
        raise BadSettings(f"{about}.base_url: {place.base_url[:200]!r} is no http:// or https:// address")
    return place


def read_secrets(path: Path) -> dict[str, str]:
    """The variables APP_… of a file with NAME=value a line; blank lines and those that begin with # are left out.
    Raises BadSettings, which names the line and never shows what stands in it."""
    try:
        with path.open("rb") as file:
            raw = file.read(SECRETS_BYTES_MAX + 1)
        text = raw.decode("utf-8")
    except OSError as error:
        raise BadSettings(f"the file of secrets {path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadSettings(f"the file of secrets {path} is not UTF-8") from None
    if len(raw) > SECRETS_BYTES_MAX:
        raise BadSettings(f"the file of secrets {path} has more than {SECRETS_BYTES_MAX} bytes")
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, equals, value = line.strip().partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals or not name.startswith(IDENTITY) or not name.isidentifier():
            raise BadSettings(f"the file of secrets {path}, line {number}: should be {IDENTITY}…=value")
        found[name] = value
    return found
