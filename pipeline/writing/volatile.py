"""What of a text or an address will be different next time: times, dates, ages, tokens, generated ids.

A text is cut into parts: fixed ones, and volatile ones each with the regular expression that stands for it. What the
user typed in the story is fixed, whatever it looks like.
"""

import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, unquote

from pipeline import urls
from pipeline.stories.addresses import slug
from pipeline.urls import Url
from pipeline.writing.quoting import escaped

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)(?:[a-z]{2,7})?\.?"
_DAY = r"(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)(?:day|sday|nesday|rsday|urday)?"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?(?:UTC|GMT|Z\b|[+-]\d{2}:?\d{2}))?"
_DATE = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|(?:{_DAY},?\s+)?{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b"
    rf"|(?:{_DAY},?\s+)?\d{{1,2}}(?:st|nd|rd|th)?\.?\s+{_MONTH}(?:,?\s+\d{{4}})?\b"
    rf"|{_MONTH}\s+\d{{4}}"
)
_UNIT = r"(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"
_SPAN = rf"(?:\d+\s*(?:{_UNIT}|ms|[smhd])|(?:an?|a few|one)\s+{_UNIT})"
_AGE = (
    rf"(?:\b(?:about|less than|over|almost)\s+)?(?:\b|(?<=[^\W\d])(?=\d)){_SPAN}(?:,?\s+(?:and\s+)?{_SPAN})?\s+ago"
    r"|\bjust now\b|\btoday\b|\byesterday\b|\btomorrow\b|\bmoments? ago\b"
    rf"|\bin\s+{_SPAN}\b"
)
_TOOK = (
    r"\b\d+(?:\.\d+)?\s?(?:ms|seconds?|secs?|s)\b"
    r"|(?i:(?<=\btime)\W{0,3}|(?<=\bleft)\W{0,3}|(?<=elapsed)\W{0,3}|(?<=remaining)\W{0,3})\d+(?:\s*/\s*\d+)?\b"
)
_UUID = r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"
_PERIOD = rf"\A(?:{_MONTH}|{_DAY})\Z"
_HEX = r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}\b|\b(?=[0-9A-F]*\d)(?=[0-9A-F]*[A-F])[0-9A-F]{12,}\b"
# Looked for where a run of its signs begins, not at each word of the run: that would read `a-a-a-…` ever again.
_RUN = r"(?:(?<![A-Za-z0-9_-])|(?<=(?<![A-Za-z0-9_-])-))"
_LONG_WORD = (
    rf"{_RUN}\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{{24,}}\b"
    r"|\b\d{7,}\b|\b(?=\w*\d)(?=\w*[A-Z])[A-Z0-9]{8,}\b"
)
_MIXED = r"(?<!\w)(?=[a-z0-9]{12,}(?!\w))[a-z]*\d+[a-z]+\d+[a-z0-9]*(?!\w)"
_HOST = r"(?:https?://)?\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d{2,5})?\b|::1\b"
_VERSION = r"\bv\d+(?:\.\d+)+\b|\b\d+\.\d+\.\d+\b"
_YEAR = r"(?<![\d.,])(?:19|20)\d{2}(?![\d.,]*\d)"

_KINDS: tuple[tuple[str, str], ...] = (
    (rf"(?:{_DATE})(?:T|,?\s+(?:at\s+)?)(?:{_CLOCK})", ".+"),
    (f"(?i:{_AGE})", ".+"),
    (_UUID, "[0-9a-fA-F-]{36}"),
    (_DATE, ".+"),
    (_PERIOD, ".+"),
    (rf"\b{_CLOCK}", ".+"),
    (_HOST, ".+"),
    (_HEX, "[0-9a-fA-F]+"),
    (_LONG_WORD, r"[\w-]+"),
    (_MIXED, "[a-z0-9]+"),
    (_TOOK, ".+"),
    (_VERSION, ".+"),
    (r"#\d+\b", r"#\d+"),
    (_YEAR, r"\d{4}"),
)
_VOLATILE = re.compile("|".join(f"(?P<k{i}>{pattern})" for i, (pattern, _) in enumerate(_KINDS)))
_SENSITIVE_PARAM = re.compile(
    r"(?i)tok(en)?$|csrf|^s(ess)?id$|session|auth|nonce|secret|signature|^sig$|passw|^code$|api_?key|^state$|^_$|^ts$|^t$|^rev$|timestamp|^v$"
)
_ID_SEGMENT = re.compile(r"([A-Za-z]{2,})?\d+\Z")
PROSE_SPACES_MIN: Final = 2
"""A value of an address with so many spaces is a sentence that the server made."""
_WORDS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Part:
    """A piece of a text: `pattern` is None where it is fixed, else the regular expression that stands for it."""

    text: str
    pattern: str | None = None


def parts(text: str, fixed: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """The text cut into fixed and volatile parts. `fixed` are texts that the story itself typed."""
    kept = [(at, at + len(word)) for word in fixed if word for at in _places(text, word)]
    out: list[Part] = []
    at = 0
    for hit in _VOLATILE.finditer(text):
        if any(start < hit.end() and hit.start() < end for start, end in kept):
            continue
        if hit.start() > at:
            out.append(Part(text[at : hit.start()]))
        kind = next(i for i in range(len(_KINDS)) if hit.group(f"k{i}") is not None)
        out.append(Part(hit[0], _KINDS[kind][1]))
        at = hit.end()
    if at < len(text):
        out.append(Part(text[at:]))
    return tuple(out)


def _places(text: str, word: str) -> list[int]:
    """Where the word stands by itself: a typed "0" is no part of a date."""
    return [hit.start() for hit in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)]


def is_volatile(text: str, fixed: tuple[str, ...] = ()) -> bool:
    return any(part.pattern for part in parts(text, fixed))


def pattern_of(cut: tuple[Part, ...], gap: str = r"\s+") -> str:
    """The regular expression for a text in parts, without volatile parts at its ends."""
    inner = list(cut)
    while inner and inner[0].pattern:
        inner.pop(0)
    while inner and inner[-1].pattern:
        inner.pop()
    if inner:
        inner[0] = Part(inner[0].text.lstrip(), inner[0].pattern)
        inner[-1] = Part(inner[-1].text.rstrip(), inner[-1].pattern)
    return "".join(part.pattern or escaped(part.text, gap) for part in inner)


def shape(text: str) -> str:
    """The text with every number alike: equal shapes differ in numbers only."""
    return re.sub(r"\d+", "0", text)


def telling(text: str) -> bool:
    """Whether a fixed part says something by itself: a word or a few characters at least."""
    return bool(_WORDS.search(text)) and len(text.strip()) >= 3


@dataclass(frozen=True)
class Address:
    """Path, query and fragment of an address as a test should know it: `text` where it is the same every time, else
    `pattern`, a regular expression for the end of the address."""

    text: str | None
    pattern: str


def split_url(url: str) -> Url | None:
    """The parts of an http(s) address, or None."""
    found = urls.parse(url)
    return found if found is not None and found.origin else None


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


def _sensitive_fragment(fragment: str) -> bool:
    return bool(re.search(r"(?i)token|=.{12,}", fragment))


def address(url: str, known: frozenset[str], varying: frozenset[str] = frozenset()) -> Address | None:
    """What to expect of the page's address. `known` are path segments that earlier addresses of the story had: numbers
    there are no new ids. What is made of one of the `varying` values is another one each time. None for addresses that
    aren't http(s)."""
    found = split_url(url)
    if found is None:
        return None
    segments = (found.path or "/").split("/")
    words = frozenset(filter(None, map(slug, varying)))
    shapes = ["[^/]+" if _made_of(segment, words) else _segment(segment, known) for segment in segments]
    path_fixed = all(shape is None for shape in shapes)
    query = parse_qsl(found.query, keep_blank_values=True)
    query_fixed = not any(_unstable_param(name, value, known) or _made_of(value, words) for name, value in query)
    fragment = unquote(found.fragment)
    fragment_fixed = not is_volatile(fragment) and "=" not in found.fragment and not _made_of(fragment, words)
    pattern = "/".join(shape or escaped(segment) for segment, shape in zip(segments, shapes, strict=True))
    if path_fixed and query_fixed and fragment_fixed and len(found.query) <= 80:
        text = (found.path or "/") + (f"?{found.query}" if found.query else "")
        return Address(text + (f"#{found.fragment}" if found.fragment else ""), pattern)
    return Address(None, pattern + r"(?:[?#]|$)")


def _made_of(part: str, words: frozenset[str]) -> bool:
    """Whether one of the words, as slugs, stands in a part of an address."""
    name = f"-{slug(unquote(part))}-" if words else ""
    return any(f"-{word}-" in name for word in words)


def _segment(segment: str, known: frozenset[str]) -> str | None:
    """The pattern for a volatile path segment, None for a fixed one."""
    if not segment or segment in known:
        return None
    if hit := _ID_SEGMENT.match(segment):
        return escaped(hit[1] or "") + r"\d+"
    if is_volatile(unquote(segment)):
        return "[^/]+"
    return None


def _unstable_param(name: str, value: str, known: frozenset[str]) -> bool:
    if _SENSITIVE_PARAM.search(name) or is_volatile(value) or value.count(" ") >= PROSE_SPACES_MIN:
        return True
    return value not in known and bool(re.search(r"\d{2,}|^\d+$", value))


def segments_of(url: str) -> frozenset[str]:
    """Path segments and query values of an address."""
    found = split_url(url)
    if found is None:
        return frozenset()
    return frozenset(found.path.split("/")) | frozenset(value for _, value in parse_qsl(found.query))
