"""What a request's key is good for, once it is known: which events it lets in, and whose stories it shows."""

from typing import Final

from aiohttp import web

from agents.keys import Key, Keys, Use
from agents.web.errors import ApiError
from schemas.codecs import BadInput

KEY: Final = web.RequestKey("journeywright.key", Key)
"""Where a request keeps the Key that it came with; it has none where that must be looked for in the body."""
HOW: Final = "send a key that JOURNEYWRIGHT_API_KEYS lists as `Authorization: Bearer <key>`"


def known(keys: Keys, text: str | None, use: Use) -> Key:
    """The key with this text, for this use. Raises ApiError: 401 without a known one, 403 for one of another use."""
    if not text:
        raise ApiError(401, "key_missing", "this call needs an API key", HOW)
    key = keys.find(text)
    if key is None:
        raise ApiError(401, "key_unknown", "the API key is not known", HOW)
    if key.use != use:
        raise ApiError(403, "wrong_key", f"the key is one to {key.use}, this call needs one to {use}", HOW)
    return key


def own_app(request: web.Request, named: str | None) -> str | None:
    """The app that a list must be narrowed to: the one that is named, else the key's; None for all. Raises ApiError
    where the key is for another app."""
    app: str | None = request[KEY].app
    if app is not None and named not in (None, app):
        raise ApiError(403, "wrong_key", f"the key is for app {app!r} only", "leave `app` out, or use another key")
    return named if app is None else app


def may_see(request: web.Request, app: str) -> bool:
    """Whether the request's key is good for this app."""
    return bool(request[KEY].covers(app))


class Admission:
    """Decides event by event: each must be of the app that its key is for. Called by the intake while it reads.

    `key` is what the request came with; None: each event's project token is its key. `spent` counts the events by the
    names of the keys that let them in, `denied` says why the first was turned away.
    """

    def __init__(self, keys: Keys, key: Key | None) -> None:
        self._keys, self._key = keys, key
        self.spent: dict[str, int] = {}
        self.denied: ApiError | None = None

    def __call__(self, token: str, app: str) -> None:
        """Lets an event in, or raises BadInput with the reason."""
        try:
            key = self._key or known(self._keys, token, "write")
            if not key.covers(app):
                hint = "use the key of that app, or correct the app's name"
                raise ApiError(403, "wrong_app", f"the key is for app {key.app!r}, the event of another one", hint)
        except ApiError as error:
            self.denied = self.denied or error
            raise BadInput(f"app: {error.message}") from None
        self.spent[key.name] = self.spent.get(key.name, 0) + 1
