"""Addresses as a test should know them: what identifies the page, without tokens, new ids and moments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, unquote

from pipeline.codegen.python.quoting import PLAIN_IN_ADDRESS, escaped
from pipeline.semantics import urls
from pipeline.semantics.addresses import slug
from pipeline.semantics.derived import once_per_text
from pipeline.semantics.generated import begins_with_digits, is_id, is_volatile
from pipeline.semantics.urls import Url

_SENSITIVE_PARAM = re.compile(
    r"(?i)tok(en)?$|csrf|^s(ess)?id$|session|auth|nonce|secret|signature|^sig$|passw|^code$|api_?key|^state$|^_$|^ts$|^t$|^rev$|timestamp|^v$"
)
_ID_SEGMENT = re.compile(r"([A-Za-z]{2,})?\d+\Z")
_MESSAGE_PARAM: Final = re.compile(r"(?i)(^|[^a-z])(message|msg|notice|flash|alert|err(or)?)s?$")
"""Parameters by which a page is told what to say: they name no place."""
PROSE_SPACES_MIN: Final = 2
"""A value of an address with so many spaces is a sentence that the server made."""
QUERY_CHARS_MAX: Final = 80
"""Longer queries are not asserted to the letter."""
PARAMETER_CHARS_MAX: Final = 120
"""Length of what is asserted of one parameter, or one part of a hash route, as a pattern."""
PARAMETERS_MAX: Final = 2
"""So many parameters of a query tell which page it is: those that the user chose before others."""
_PLAIN_QUERY: Final = re.compile(r"[\w.~=&/:;,@!*$-]*", re.ASCII)
"""A query that every browser and script writes alike."""
_LOWER_CASE: Final = re.compile("%(?:[0-9][a-f]|[a-f][0-9a-f])")
"""An escape as some servers write it."""
_REVISION: Final = re.compile(r"\d")
_ROUTE_OR_WORDS: Final = re.compile(r"[/!].*|[^A-Z]*", re.S)
"""A fragment that is a route of its own, or in small letters; others may be the id of what was just made."""


@dataclass(frozen=True)
class Address:
    """Path, query and fragment of an address as a test should know it: `text` where it is the same every time, to the
    letter; `path`, a regular expression for its path, and `pattern`, for one that goes no further; `place`, one for the
    path and for what is the same every time of query and hash route, however that is escaped and whatever stands beside
    it."""

    text: str | None
    path: str
    pattern: str
    place: str
    _asked: frozenset[tuple[str, str]] = frozenset()
    _route: str = ""

    @property
    def is_anywhere(self) -> bool:
        """Whether `place` says no more than that an address has a path, as every one has."""
        return self.path == "/" and self.place == self.pattern

    def holds_at(self, url: str) -> bool:
        """Whether `place` would match another address, too. It is not asked itself: of a query with many parameters it
        tries each for each."""
        found = split_url(url)
        if found is None or not re.search(f"{self.path}$", found.path or "/"):
            return False
        there = frozenset(parse_qsl(found.query, keep_blank_values=True))
        return self._asked <= there and bool(re.match(self._route, f"#{found.fragment}"))


_QUERY_FOLLOWS: Final = r"(\?|$)"
_FRAGMENT_FOLLOWS: Final = "(#|$)"
_ANY_FOLLOWS: Final = r"(\?|#|$)"
_EDGE: Final = r"\b"
_END_OF_PARAMETER: Final = "(&|#|$)"


def split_url(url: str) -> Url | None:
    """The parts of an http(s) address, or None."""
    found = urls.parse(url)
    return found if found is not None and found.origin else None


@once_per_text
def relative(url: str) -> str:
    """Path, query and fragment, without parameters that carry tokens."""
    found = split_url(url)
    if found is None:
        return "/"
    kept = [pair for pair in found.query.split("&") if pair and not _sensitive(pair)]
    fragment = "" if _sensitive_fragment(found.fragment) else found.fragment
    return replace(found, query="&".join(kept), fragment=fragment).relative


def _sensitive(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return bool(_SENSITIVE_PARAM.search(unquote(name))) or is_volatile(unquote(value).replace("+", " "))


def _names_place(fragment: str) -> bool:
    """Whether a fragment names a place of the app: no revision, and no id that a server made up."""
    return not _REVISION.search(fragment) and _ROUTE_OR_WORDS.fullmatch(fragment) is not None


def _sensitive_fragment(fragment: str) -> bool:
    return bool(re.search(r"(?i)token|=.{12,}", fragment))


@once_per_text
def address(
    url: str, known: frozenset[str], varying: frozenset[str] = frozenset(), chosen: tuple[str, ...] = ()
) -> Address | None:
    """What to expect of the page's address. `known` are path segments that earlier addresses of the story had: numbers
    there are no new ids. What is made of one of the `varying` values is another one each time; only where it is a
    parameter just as it was typed, the text holds it. None for addresses that aren't http(s)."""
    found = split_url(url)
    if found is None:
        return None
    segments = (found.path or "/").split("/")
    words = frozenset(filter(None, map(slug, varying)))
    shapes = ["[^/]+" if _made_of(segment, words) else _segment(segment, known) for segment in segments]
    path_fixed = all(shape is None for shape in shapes)
    query = parse_qsl(found.query, keep_blank_values=True)
    stable = [pair for pair in query if not _unstable_param(*pair, known)]
    steady = [pair for pair in stable if not _made_of(pair[1], words)]
    entered = [
        pair for pair in stable if pair in steady or (pair[1] in varying and PLAIN_IN_ADDRESS.fullmatch(pair[1]))
    ]
    fragment = unquote(found.fragment)
    fragment_fixed = not is_volatile(fragment) and "=" not in found.fragment and not _made_of(fragment, words)
    fragment_fixed = fragment_fixed and urls.WITHHELD not in fragment and (fragment in known or _names_place(fragment))
    pattern = "/".join(shape or escaped(segment) for segment, shape in zip(segments, shapes, strict=True))
    has_query, has_fragment = "?" in url.partition("#")[0], "#" in url
    empty = (has_query and not found.query) or url.endswith("#")
    to_the_letter = _PLAIN_QUERY.fullmatch(found.query) and len(set(query)) == len(query) and not empty
    stays = path_fixed and entered == query and fragment_fixed and len(found.query) <= QUERY_CHARS_MAX
    route = _route(fragment, known, words)
    escapes = "%{:02x}" if _LOWER_CASE.search(found.query) else "%{:02X}"
    flags = frozenset(part for part in found.query.split("&") if "=" not in part)
    telling = [pair for pair in steady if any(map(str.isalnum, pair[1])) or pair[0] in flags]
    parts = {pair: f"{_loose(pair[0], escapes)}{_given(pair, flags)}{_loose(pair[1], escapes)}" for pair in telling}
    short = [pair for pair, part in parts.items() if len(part) <= PARAMETER_CHARS_MAX]
    kept = sorted(short, key=lambda pair: _distance(pair[1], chosen))[:PARAMETERS_MAX]
    parts = {pair: part for pair, part in parts.items() if pair in kept}
    asked = _asked(list(parts.values()))
    end = _end_of_path(has_query, has_fragment)
    place = pattern + asked + (".*" * bool(asked or found.query) + route if route else "" if asked else end)
    text = None
    if stays and to_the_letter:
        text = (found.path or "/") + (f"?{found.query}" if found.query else "")
        text += f"#{found.fragment}" if found.fragment else ""
    return Address(text, pattern, pattern + end, place, frozenset(parts), route)


def _distance(value: str, chosen: tuple[str, ...]) -> int:
    """How far a parameter's value is from what the user chose: the same, with a word of it, or another."""
    if value in chosen:
        return 0
    words = (slug(text) for text in chosen)
    return 1 if any(word and word in slug(value) for word in words) else 2


def _given(pair: tuple[str, str], flags: frozenset[str]) -> str:
    """What follows the name of a parameter: of one that stood there without a value (`?edit`) nothing."""
    return "" if not pair[1] and pair[0] in flags else "="


def _end_of_path(has_query: bool, has_fragment: bool) -> str:
    """Where a path ends: at the address's own end, unless it was recorded with more behind it, if only the mark."""
    if has_query:
        return _ANY_FOLLOWS if has_fragment else _QUERY_FOLLOWS
    return _FRAGMENT_FOLLOWS if has_fragment else "$"


def _asked(parts: Sequence[str]) -> str:
    """The pattern for the parameters of a query, each once, whatever else stands among them; nothing without any."""
    return r"\?" * bool(parts) + "".join(f".*{_whole(part)}" for part in parts)


def _whole(part: str) -> str:
    """A parameter that neither begins nor ends within another one, by the edges of words where it has such."""
    begin = _EDGE if part[:1].isalnum() else ""
    return begin + part + (_EDGE if part[-1:].isalnum() else _END_OF_PARAMETER)


def _loose(text: str, escapes: str = "%{:02X}") -> str:
    """A pattern for a text in a query, whether browsers and scripts escape it or not; `escapes` is how they do."""
    return "".join(_loose_char(char, escapes) for char in text)


def _loose_char(char: str, escapes: str) -> str:
    if char == " ":
        return r"(\+|%20)"
    if char.isascii() and (char.isalnum() or char in "-._~"):
        return escaped(char)
    bytewise = "".join(map(escapes.format, char.encode("utf-8", "replace")))
    return f"({escaped(char)}|{bytewise})" if char.isprintable() else bytewise


def _route(fragment: str, known: frozenset[str], words: frozenset[str]) -> str:
    """The pattern for a hash route; nothing where the fragment is none."""
    if not fragment.startswith(("/", "!")):
        return ""
    segments = fragment.partition("?")[0].split("/")
    shapes = ["[^/]+" if _made_of(one, words) else _segment(one, known) or _loose_segment(one) for one in segments]
    return "#" + "/".join(shapes) + "([?/]|$)"


def _loose_segment(segment: str) -> str:
    return _loose(segment) if len(segment) <= PARAMETER_CHARS_MAX else "[^/]+"


def _made_of(part: str, words: frozenset[str]) -> bool:
    """Whether one of the words, as slugs, stands in a part of an address."""
    name = f"-{slug(unquote(part))}-" if words else ""
    return any(f"-{word}-" in name for word in words)


def _segment(segment: str, known: frozenset[str]) -> str | None:
    """The pattern for a volatile path segment, None for a fixed one."""
    if segment == urls.WITHHELD:
        return "[^/]+"
    if not segment or segment in known:
        return None
    if hit := _ID_SEGMENT.match(segment):
        return escaped(hit[1] or "") + r"\d+"
    if is_volatile(unquote(segment)) or is_id(segment) or begins_with_digits(segment):
        return "[^/]+"
    return None


def _unstable_param(name: str, value: str, known: frozenset[str]) -> bool:
    if (
        _SENSITIVE_PARAM.search(name)
        or _MESSAGE_PARAM.search(name)
        or is_volatile(value)
        or urls.WITHHELD in value
        or value.count(" ") >= PROSE_SPACES_MIN
    ):
        return True
    return value not in known and (bool(re.search(r"\d{2,}|^\d+$", value)) or is_id(value))


@once_per_text
def segments_of(url: str) -> frozenset[str]:
    """Path segments and query values of an address."""
    found = split_url(url)
    if found is None:
        return frozenset()
    return frozenset(found.path.split("/")) | frozenset(value for _, value in parse_qsl(found.query))
