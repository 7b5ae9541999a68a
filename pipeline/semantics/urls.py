"""Addresses as browsers read them (the WHATWG URL standard): the one place where they are parsed and joined.

Backslashes, `///host`, tabs within, `..` segments, user names, ports that go without saying and names in other scripts
mean here what they mean to the browser that opened them, or will.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import ada_url

WITHHELD: Final = "withheld"
"""Stands in an address for a part that may grant access: what it was is not known, and another one each time."""
WEB_SCHEMES: Final = frozenset({"http", "https"})
_NOWHERE: Final = "http://nowhere.invalid"
"""What an address without a host is read against; it never leaves this module."""
_RELATIVE: Final = ("/", "\\", "?", "#")
"""How addresses begin that are parts of some site."""
_HOST_END: Final = re.compile(r"[/?#]")
_CACHED: Final = 4096


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of an address, each as a browser spells it: `host` with a port that is not the scheme's own, `path`
    from its slash on, `query` and `fragment` without their signs. A user's name and password are no part of it."""

    scheme: str
    host: str
    path: str
    query: str
    fragment: str

    @property
    def origin(self) -> str:
        """Scheme and host of a web address; "" for all others, which have no origin that a test could go to."""
        return f"{self.scheme}://{self.host}" if self.scheme in WEB_SCHEMES and self.host else ""

    @property
    def name(self) -> str:
        """The host without its port and without the dot that may end it; an IPv6 address without its brackets."""
        bare = self.host.partition("]")[0] if self.host.startswith("[") else self.host.partition(":")[0]
        return bare.removeprefix("[").rstrip(".")

    @property
    def relative(self) -> str:
        """Path, query and fragment, spelled so that it leads to the same place of whatever origin it is opened on."""
        # A path of two slashes would be read as another host: the dot is a segment that goes away.
        path = f"/.{self.path}" if self.path.startswith("//") else self.path or "/"
        return path + (f"?{self.query}" if self.query else "") + (f"#{self.fragment}" if self.fragment else "")


@lru_cache(maxsize=_CACHED)
def parse(text: str) -> Url | None:
    """The parts of an absolute address; None for a text that a browser would not take for one."""
    href = _href(text, None)
    return None if href is None else _split(href)


@lru_cache(maxsize=_CACHED)
def parse_any(text: str) -> Url:
    """As `parse`; what has no scheme of its own is read as a part of some site: it has neither scheme nor host, unless
    it names one (`//host/path`). A text that is no address at all counts as a path."""
    found = parse(text)
    if found is not None:
        return found
    href = _href(text, _NOWHERE) if text.startswith(_RELATIVE) else None
    if href is None:
        return Url("", "", text, "", "")
    found = _split(href)
    return Url("", "" if _NOWHERE.endswith(f"//{found.host}") else found.host, found.path, found.query, found.fragment)


def origin(text: str) -> str:
    """The origin of a web address; "" where it is none."""
    found = parse(text)
    return "" if found is None else found.origin


@lru_cache(maxsize=_CACHED)
def join(here: str, there: str) -> str:
    """Where a link to `there` leads from the page `here`; `here` where that can't be said."""
    return _href(there, here) or _href(there, None) or here


def without_user(text: str) -> str:
    """The address without a user's name and password; as it is where there are none."""
    scheme, mark, rest = (_href(text, None) or _href(text, _NOWHERE) or "").partition("://")
    host = _HOST_END.split(rest, maxsplit=1)[0]
    user = host.rpartition("@")[0]
    return f"{scheme}{mark}{rest[len(user) + 1 :]}" if user else text


def _href(text: str, base: str | None) -> str | None:
    try:
        return ada_url.URL(_scalars(text), None if base is None else _scalars(base)).href
    except ValueError:
        return None


def _scalars(text: str) -> str:
    """The text without lone surrogates, which browsers replace as well."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _split(href: str) -> Url:
    """The parts of an address that was parsed, and so has each sign where it belongs."""
    rest, _, fragment = href.partition("#")
    rest, _, query = rest.partition("?")
    scheme, _, rest = rest.partition(":")
    if not rest.startswith("//"):
        return Url(scheme, "", rest, query, fragment)
    host, slash, path = rest[2:].partition("/")
    return Url(scheme, host.rpartition("@")[2], slash + path, query, fragment)
