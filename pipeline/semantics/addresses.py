"""Addresses: what a URL says once the parts that differ from visit to visit are taken out."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, unquote

from pipeline.semantics import urls
from pipeline.semantics.derived import once_per_text
from pipeline.semantics.generated import is_id
from pipeline.semantics.path_segments import ROUTE, is_code, is_kind, is_list, is_name, names_things, without_number

ROUTE_KEYS: Final = frozenset({"do", "action", "view", "tab", "task", "mode", "step", "section", "page_type"})
"""Query keys whose value names a page of the app, not data."""

ID: Final = "{id}"
"""Stands in a pattern for the part that names one of many things."""
_ROUTE_VALUE = re.compile(r"^[a-z][a-z_-]{0,20}(\.[a-z][a-z_-]{0,20}){0,2}$", re.I)
"""`edit`, or the path of a page with dots in it: `user.edit`"""
_GLUED = re.compile(r"([A-Za-z]{2,})\d+")
"""`issue7`: the number of a thing right after its kind."""
_SCRIPT = re.compile(r"\.php$|^wiki$")
"""What stands before the name of a page in the addresses of wikis (`/index.php/Talk:Rain_barrel`)."""
FILE_ENDINGS: Final = (
    "adoc|c|cfg|conf|cpp|cs|css|csv|docx?|env|gif|go|gz|h|ini|ipynb|java|jpe?g|js|json|kt|log|md|odt|pdf"
    "|png|pptx?|py|rb|rs|rst|scss|sh|sql|svg|svelte|swift|tex|toml|tsv?|tsx|txt|vue|webp|xlsx?|xml|ya?ml|zip"
)
"""How the names of files end that are no pages, as a regular expression."""
_FILE: Final = re.compile(rf"[\w .()-]+\.({FILE_ENDINGS})", re.I)
"""A file that is no page: what its folders are called is data as well."""
_ROUTE_IN_QUERY: Final = re.compile(r"(?:^|&)(?:route|r)=(?:/|%2F|[a-z][\w-]*(?:/|%2F)[\w-])", re.I)
"""A parameter of a query that holds the path of a page."""
_SLUG = re.compile(r"[^a-z0-9]+")


def _parts(url: str) -> tuple[str, str, str, str, str]:
    """Scheme, host, path, query, fragment; a text that is no URL counts as a path. A route in the query belongs to the
    path, as scripts have it that serve a whole app: `/index.php?route=/table/search` has `/index.php/table/search`."""
    found = urls.parse_any(url)
    if not _ROUTE_IN_QUERY.search(found.query):
        return found.scheme, found.host, found.path, found.query, found.fragment
    pairs = found.query.split("&")
    routes = [pair for pair in pairs if _ROUTE_IN_QUERY.search(pair)]
    rest = "&".join(pair for pair in pairs if pair not in routes)
    path = f"{found.path.rstrip('/')}/{unquote(routes[0].partition('=')[2]).strip('/')}"
    return found.scheme, found.host, path, rest, found.fragment


@once_per_text
def origin(url: str) -> str:
    scheme, host, *_ = _parts(url)
    return f"{scheme}://{host}" if host else ""


@once_per_text
def place(url: str) -> tuple[str, str]:
    """Origin and path: equal places differ at most in query and fragment."""
    return origin(url), _parts(url)[2].rstrip("/")


@once_per_text
def page(url: str) -> tuple[tuple[str, str], frozenset[tuple[str, str]]]:
    """The place, and what the query says of which page of the app it is: `index.php?action=user.list` is another page
    than `index.php?action=user.edit`."""
    return place(url), frozenset(pair for pair in parse_qsl(query(url)) if is_route_key(pair[0]))


@once_per_text
def route(url: str) -> tuple[str, ...]:
    """The parts of the path, or of a hash route where the address has one."""
    return tuple(part for part in _shown_path(url).split("/") if part)


@once_per_text
def path_slugs(url: str) -> frozenset[str]:
    """The parts of the path as slugs, whatever the hash says."""
    return frozenset(slug(part) for part in place(url)[1].split("/"))


def _shown_path(url: str) -> str:
    _, _, path, _, fragment = _parts(url)
    return fragment.partition("?")[0] if fragment.startswith(("/", "!")) else path


@once_per_text
def where(url: str) -> tuple[str, ...]:
    """A page, apart from its query and from a fragment that is no route."""
    return (*place(url), *route(url))


@once_per_text
def query(url: str) -> str:
    """The query of the address, and that of a hash route."""
    _, _, _, asked, fragment = _parts(url)
    return "&".join(filter(None, (asked, fragment.partition("?")[2])))


@once_per_text
def spoken(url: str) -> str:
    """A URL as it is shown to people: host and path; no credentials, no query (both may hold secrets)."""
    _, host, path, _, _ = _parts(url)
    return f"{host}{path if path != '/' else ''}" or "the page"


@once_per_text
def last_word(url: str) -> str:
    """The last segment of the path, or of a hash route, as words, nothing when there is none: `/admin/site-settings/` →
    `site settings`."""
    segments = [segment for segment in _shown_path(url).split("/") if segment]
    if not segments or is_id(segments[-1]):
        return ""
    word = unquote(segments[-1])
    glued = _GLUED.fullmatch(word)
    stem = glued[1] if glued is not None else re.sub(r"\.\w{2,5}$", "", word)
    return " ".join(re.findall(r"[A-Za-z0-9]+", stem)).lower()


@once_per_text
def thing_in(url: str) -> str:
    """What a page of one thing is about, by its address: `/posts/12/edit` → `post`; nothing where that doesn't tell."""
    for segment in reversed([unquote(segment) for segment in _shown_path(url).split("/") if segment]):
        name = slug(segment)
        if is_id(segment) or not name:
            continue
        if (many := name.rpartition("-")[2]) and names_things(name) and len(many) > 2:
            return singular(name.replace("-", " "))
    return ""


@once_per_text
def made_in(url: str) -> str:
    """What a page that makes one thing makes, by the last part of its address but one: `/posts/new` → `post`; nothing
    where that names no list."""
    *_, before, _ = ("", "", *(slug(unquote(part)) for part in _shown_path(url).split("/") if part and not is_id(part)))
    return singular(before.replace("-", " ")) if names_things(before) else ""


def singular(noun: str) -> str:
    """One of them: `categories` → `category`, `boxes` → `box`, `posts` → `post`."""
    for ending, one in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if noun.endswith(ending):
            return noun.removesuffix(ending) + one
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def is_route_key(key: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether a key of a query says which page of the app it is: `action`, `_task`, or one of `more`."""
    return key.lower().lstrip("_") in ROUTE_KEYS | more


@once_per_text
def path_words(url: str) -> frozenset[str]:
    """The words of path and route query values, in lower case: what the app itself calls this page."""
    _, _, path, query, fragment = _parts(url)
    words = set(re.findall(r"[a-z]+", unquote(path).lower()))
    if fragment.startswith(("/", "!")):
        words |= set(re.findall(r"[a-z]+", unquote(fragment).lower()))
    for key, value in parse_qsl(query, keep_blank_values=True):
        if is_route_key(key):
            words |= set(re.findall(r"[a-z]+", value.lower()))
    return frozenset(words)


@once_per_text
def page_words(url: str) -> frozenset[str]:
    """The parts of path and hash route as they are, and route query values: `edit` of `/posts/7/edit`, not of
    `/edit-tags.php`."""
    asked = {value.lower() for key, value in parse_qsl(query(url)) if is_route_key(key)}
    return frozenset({part.lower() for part in (*_parts(url)[2].split("/"), *route(url))} | asked)


@once_per_text
def slug(text: str) -> str:
    return _SLUG.sub("-", text.lower()).strip("-")


@once_per_text
def pattern(url: str, home: str = "", typed: frozenset[str] = frozenset(), names: frozenset[str] = frozenset()) -> str:
    """The URL with ids, typed values and query values replaced by placeholders.

    `home` is the origin that is left out; `typed` holds the slugs of what the user typed, so that a page named after
    the user's own words has the same pattern for everybody; `names` are those that are known to be names of things,
    though they may be words by which apps call their own pages.
    """
    _, _, path, query, fragment = _parts(url)
    out = "" if origin(url) == home else origin(url)
    out += _path_pattern(path, typed, names) or "/"
    pairs = sorted(
        f"{key}={value}" if is_route_key(key) and _ROUTE_VALUE.match(value) else key
        for key, value in parse_qsl(query, keep_blank_values=True)
    )
    if pairs:
        out += "?" + "&".join(dict.fromkeys(pairs))
    if fragment.startswith(("/", "!")):
        out += "#" + _path_pattern(fragment.partition("?")[0], typed, names)
    return out


def new_query_values(before: str, after: str) -> frozenset[str]:
    """The values, spelled as `folded` does, that the query of one address has and that of another before it had not."""
    values, had = ({folded(value) for _, value in parse_qsl(query(url))} for url in (after, before))
    return frozenset(values - had - {""})


def new_path_parts(before: str, after: str) -> frozenset[str]:
    """The parts of the path, spelled as `folded` does, that one address has and another before it had not."""
    return frozenset(folded(unquote(part)) for part in set(route(after)) - set(route(before)))


def on_one_page(one: str, other: str) -> bool:
    """Whether two addresses differ at most in the fragment, be that a place on the page or a page of its own."""
    return one.partition("#")[0] == other.partition("#")[0]


def folded(text: str) -> str:
    """A text as addresses may spell it."""
    return slug(text) or text.casefold().strip()


def _path_pattern(path: str, typed: frozenset[str], names: frozenset[str] = frozenset()) -> str:
    out: list[str] = []
    segments = path.rstrip("/").split("/")
    if len(segments) > 1 and _FILE.fullmatch(unquote(segments[-1])):
        known = max((at for at, part in enumerate(segments[:-1]) if not part or ROUTE.fullmatch(slug(part))), default=0)
        segments = [*segments[: known + 1], ID]
    for at, segment in enumerate(segments):
        if _is_between_lists(segments, at):
            out.append(ID)
            continue
        # What follows the name of a thing is a page of that thing, however it ends (`/courses/music-basics/quiz`).
        before = out[-1] if out and "{id}" not in out[-1] else ""
        in_list = names and any(names_things(slug(unquote(part))) for part in segments[:at])
        out.append(ID if in_list and slug(unquote(segment)) in names else _segment_pattern(segment, before, typed))
    return "/".join(out)


def _is_between_lists(segments: Sequence[str], at: int) -> bool:
    """Whether a part stands between the names of two lists, and so names one of the first, though it may look like that
    of a list itself: `knots` of `/courses/knots/lessons`."""
    near = segments[at - 1 : at + 2] if at else ()
    return len(near) == 3 and all(is_list(slug(unquote(part))) for part in near)


@once_per_text
def ends_with_name(url: str) -> bool:
    """Whether the last part of the path, or of a hash route, stands where apps put the names of things."""
    *before, _ = ["", "", *_path_pattern(_shown_path(url), frozenset()).split("/")]
    return "{id}" not in before[-1] and names_things(slug(unquote(before[-1])))


def _segment_pattern(segment: str, before: str, typed: frozenset[str]) -> str:
    word = unquote(segment)
    if segment in (ID, urls.WITHHELD):
        return ID
    if is_id(word) or (is_code(word) and not ROUTE.fullmatch(slug(word))):
        return "{id}"
    if word.startswith("@@"):
        return segment  # a page of a thing, as some content systems write it
    if _SCRIPT.search(before) or before.startswith("Special:"):
        space, colon, _ = word.rpartition(":")
        return segment if space == "Special" else f"{space}{colon}{{id}}"
    name = slug(word)
    if not name:  # a name in another script, or a sign: `/queues/%2F`
        return ID if segment != word and names_things(slug(unquote(before))) else segment
    if ROUTE.fullmatch(name) and not (name in typed and is_kind(slug(unquote(before)))):
        return segment
    if name in typed or without_number(name) in typed or is_name(word, name, slug(unquote(before))):
        return "{id}"
    glued = _GLUED.fullmatch(word)
    return segment if glued is None else glued[1] + "{id}"
