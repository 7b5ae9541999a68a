"""A schema registry with Confluent's interface: where the Avro schemas of the topics live.

At start each subject is held to both directions of compatibility, by our own check and by the registry's; a schema
that would break running readers is refused with its reasons, and nothing is registered.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from schemas.avro import Name, UnknownSchema, schema_text
from schemas.avro_compatibility import require_compatible
from schemas.codecs import BadInput

TIMEOUT_S = 10.0
RACES_MAX = 10
RACE_S = 0.2
"""How often, and after what pause, a schema is registered again that another worker may be registering."""
_NOT_FOUND = 404
_CONFLICT = 409
_PASSING = frozenset({408, 429})
_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"


class RegistryError(Exception):
    """The registry can't be reached, or refuses what we ask. The message says what was asked, and what to do."""


class Conflict(RegistryError):
    """It has something else there: an incompatible schema, or a version that another worker registers this moment."""


class RegistryAway(RegistryError):
    """It does not answer, or says itself that it can't at the moment: the same call may work later."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A schema as the registry holds it."""

    id: int
    text: str


@dataclass
class SchemaRegistry:
    """A registry at `url` (Confluent's API, as in `http://127.0.0.1:8080/apis/ccompat/v7`)."""

    url: str
    timeout_s: float = TIMEOUT_S
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    @property
    def shown_url(self) -> str:
        """The address as it may be told: without the user's name and password that it may hold."""
        return str(URL(self.url).with_user(None))

    async def close(self) -> None:
        """Closes the connections; the next call makes new ones, on whatever event loop it runs."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def schema(self, number: int) -> str:
        """The schema with this id. Raises UnknownSchema where the registry has none, RegistryError."""
        answer = await self._call("GET", f"/schemas/ids/{number}")
        if answer is None:
            raise UnknownSchema(number)
        return str(answer["schema"])

    async def latest(self, subject: str) -> Registered | None:
        """The newest version of a subject; None where it has none."""
        answer = await self._call("GET", f"/subjects/{quote(subject, safe='')}/versions/latest")
        return None if answer is None else Registered(int(answer["id"]), str(answer["schema"]))

    async def compatible(self, subject: str, text: str) -> tuple[str, ...]:
        """The registry's own objections to a new version of a subject; () where it has none."""
        path = f"/compatibility/subjects/{quote(subject, safe='')}/versions/latest?verbose=true"
        answer = await self._call("POST", path, {"schema": text, "schemaType": "AVRO"})
        if answer is None or answer.get("is_compatible", True):
            return ()
        return tuple(str(one) for one in answer.get("messages", ())) or ("the registry gives no reason",)

    async def register(self, subject: str, text: str) -> int:
        """Registers a schema, or finds it where it is registered already; its id. Raises RegistryError.

        Several workers may do so at once: Apicurio refuses all but one of them with a conflict.
        """
        path = f"/subjects/{quote(subject, safe='')}"
        body = {"schema": text, "schemaType": "AVRO"}
        for left in reversed(range(RACES_MAX)):
            try:
                answer = await self._call("POST", f"{path}/versions", body)
            except Conflict:
                answer = await self._call("POST", path, body)  # looks it up
                if answer is None and left == 0:
                    raise
                if answer is None:
                    await asyncio.sleep(RACE_S)
                    continue
            if answer is not None:
                return int(answer["id"])
            break
        raise RegistryError(f"the schema registry does not take schemas for {subject}")

    async def check(self, subject: str, name: Name) -> None:
        """Raises BadInput, with every reason, where our schema `name` would break readers or writers of the version
        that the subject has."""
        text = schema_text(name)
        there = await self.latest(subject)
        if there is None or (old := _avro(subject, there.text)) == json.loads(text):
            return
        require_compatible(subject, old, json.loads(text))
        objections = await self.compatible(subject, text)
        if objections:
            raise BadInput(f"schema of {subject}: {'; '.join(objections)}")

    async def require(self, subject: str, name: Name) -> int:
        """The id of our schema `name` under a subject, registered if need be. Raises BadInput as `check` does."""
        await self.check(subject, name)
        return await self.register(subject, schema_text(name))

    async def answers(self) -> bool:
        """Whether the registry works at all: asked where one call fails and others may not."""
        try:
            await self.latest("journeywright")
        except RegistryError:
            return False
        return True

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call; None for 404."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self.timeout_s), headers={"Accept": _MEDIA_TYPE}
            )
        address = self.url.rstrip("/") + path
        data = None if body is None else json.dumps(body).encode()
        try:
            async with self._session.request(method, address, data=data, headers={"Content-Type": _MEDIA_TYPE}) as got:
                text = await got.text()
                if got.status == _NOT_FOUND:
                    return None
                if got.status >= 400:
                    raise _kind(got.status)(
                        f"the schema registry answers {got.status} to {method} {path}: {text[:300]}"
                    )
                return json.loads(text)
        except (TimeoutError, aiohttp.ClientError) as error:
            reason = str(error) or type(error).__name__
            raise RegistryAway(f"the schema registry at {self.shown_url} can't be reached: {reason}") from None
        except json.JSONDecodeError:
            raise RegistryError(f"{self.shown_url} answers no JSON to {path}: is it a schema registry?") from None


def _kind(status: int) -> type[RegistryError]:
    if status == _CONFLICT:
        return Conflict
    return RegistryAway if status >= 500 or status in _PASSING else RegistryError


def _avro(subject: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise BadInput(f"schema of {subject}: what is registered there is no Avro") from None
