"""What makes two steps the same: targets and addresses told apart from the data that stands in them."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from pipeline.semantics.addresses import is_route_key, pattern, query, slug
from pipeline.semantics.derived import Wording, once_per_element, once_per_text
from pipeline.semantics.generated import is_id
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.text import clean, is_text_field, label_around, spaced
from pipeline.semantics.verbs import is_password, is_search_field, row_act
from pipeline.semantics.wording import key
from schemas.elements import ByTag, Element
from schemas.stories import FillStep, PressStep, Step

ITEM_ROLES: Final = frozenset({"row", "listitem", "article", "option", "gridcell", "cell", "treeitem"})
CARD_TAGS: Final = frozenset({"div", "span", "li", "article", "section", "figure", "img"})
_CONTROL_WORDS: Final = WORDS["control"]
"""Captions of controls rather than of things; a caption without letters as well."""
MENU_ROLES: Final = frozenset(
    {"navigation", "banner", "menu", "menubar", "tablist", "toolbar", "contentinfo", "complementary"}
)
MENU_TAGS: Final = frozenset({"nav", "header", "footer", "aside"})
_MENU_NAME: Final = Wording(
    re.compile(
        r"(^|[-_ ])(main|top|side|sub|account)?(menu|nav|navbar|navigation|tabs?|tabbar|sidebar|header|toolbar|footer"
        r"|breadcrumbs?)($|[-_ ])",
        re.I,
    )
)
"""Ids and test ids of menus that are marked as none."""
ITEM_TAGS: Final = frozenset({"tr", "li", "article"})
LIKING: Final = frozenset(
    {"follow", "like", "pause", "play", "star", "unfollow", "unlike", "unstar", "unwatch", "watch"}
)
"""Those that are done to one of many wherever they stand."""
DATA: Final = "{data}"
SIDE_FIELD: Final = WORDS["side_field"]
"""Fields that most forms don't ask for: filled in or not, it is the same thing that is done."""
_ICONS: Final = re.compile(r"material-(icons|symbols)(-[a-z]+)*")
_ICON_NAME: Final = re.compile(r"(?=\d*[a-z])[a-z0-9]{2,}(_[a-z0-9]+)*")
_SPECIAL: Final = re.compile(r"[?&]title=(Special:\w+)")
_NOWHERE: Final = re.compile(r"#!?|(?i:javascript):(?:;|void\(0?\);?|//)?")
"""Addresses of links that stand for none."""
_QUOTED: Final = re.compile(r"['\"‘“„«][^'\"‘’“”«»]{1,80}['\"’”»]")
_MAIL: Final = re.compile(r"(?<![^\s@])[^\s@]{1,64}@[^\s@]{1,255}\.\w+")
_NUMBER: Final = re.compile(r"\d[\d.,:/-]*")
_PLACE_KEYS: Final = frozenset({"route", "controller", "module", "collection", "entity", "model", "resource"})
"""Keys of a query that say, beside those of a route, what a page is about."""
_ROUTE_VALUE: Final = re.compile(r"^[a-z][a-z_/-]{0,40}$", re.I)
WORD_CHARS_MIN: Final = 3


@dataclass(frozen=True, slots=True)
class Data:
    """What in a story is data: words that were typed, chosen or opened, as slugs; `home` is its own site, `names` are
    those of them that opened a thing of a list, and so are names whatever else apps mean by such a word (`orders`)."""

    home: str = ""
    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def is_data(self, text: str) -> bool:
        """Whether a text is nothing but data."""
        return bool(slug(text)) and slug(text) in self.words

    def without(self, text: str) -> str:
        """The text in lower case, with data, quotations and numbers as place-holders."""
        return _without(text, self.words)

    def masked(self, text: str) -> str:
        """The text with data, and nothing else, as place-holders: numbers still tell one text from another."""
        shown = clean(text)
        return _with_holes(shown, slug(shown), self.words)

    def place(self, url: str) -> str:
        """The page's pattern: ids and data as place-holders; of the query only what names a page of the app."""
        return _place(url, self.home, self.words, self.names)


@once_per_text
def _place(url: str, home: str, words: frozenset[str], names: frozenset[str]) -> str:
    shape = pattern(_as_path(url), home, words, names)
    head, _, fragment = shape.partition("#")
    route = sorted(
        f"{name}={value}"
        for name, value in parse_qsl(query(url), keep_blank_values=True)
        if is_route_key(name, _PLACE_KEYS) and _ROUTE_VALUE.match(value)
    )
    path = head.partition("?")[0]
    return path + ("?" + "&".join(dict.fromkeys(route)) if route else "") + (f"#{fragment}" if fragment else "")


def _as_path(url: str) -> str:
    """The address of a wiki's own page in one spelling: `/index.php?title=Special:Log` as `/index.php/Special:Log`."""
    found = _SPECIAL.search(url)
    return url if found is None else f"{url.partition('?')[0]}/{found[1]}"


@once_per_text
def _without(text: str, words: frozenset[str]) -> str:
    shown = clean(text)
    name = slug(shown)
    if name and name in words:
        return DATA
    return _with_holes(_NUMBER.sub("{n}", _QUOTED.sub(DATA, _MAIL.sub(DATA, shown))).casefold(), name, words)


def _with_holes(shown: str, name: str, words: frozenset[str]) -> str:
    """The text with these words as place-holders; `name` is its slug."""
    for word in _longest_first(words):
        if word in name:
            shown = _spelled(word).sub(DATA, shown)
    return shown


@once_per_text
def _longest_first(words: frozenset[str]) -> tuple[str, ...]:
    """The words that are long enough to be looked for."""
    return tuple(sorted((word for word in words if len(word) >= WORD_CHARS_MIN), key=lambda word: (-len(word), word)))


@once_per_text
def _spelled(word: str) -> re.Pattern[str]:
    """A slug as it may stand in a text."""
    parts = [re.escape(part) for part in word.split("-")]
    return re.compile(rf"(?<!\w){'[^a-z0-9]+'.join(parts)}(?!\w)", re.IGNORECASE)


@once_per_element
def row_verb(target: Element) -> str:
    """What a control in a row does to that row, where its caption begins with a word for it: `play` of `Play Blue in
    Green`."""
    return row_act(named(target))[0]


@once_per_element
def is_item(target: Element) -> bool:
    """Whether it is one of many alike: in a row or list, and not in a menu."""
    if in_menu(target) or _is_control(target):
        return False
    return target.role in ITEM_ROLES or stands_in_row(target) or _is_one_of_many(target)


@once_per_element
def in_table_row(target: Element) -> bool:
    """Whether it stands in a row of a table."""
    return any(ancestor.role == "row" or ancestor.tag == "tr" for ancestor in target.ancestors)


@once_per_element
def stands_in_row(target: Element) -> bool:
    """Whether it stands in a row or in an entry of a list, be it that of a menu."""
    return any(ancestor.role in ITEM_ROLES or ancestor.tag in ITEM_TAGS for ancestor in target.ancestors)


def _is_one_of_many(target: Element) -> bool:
    """Whether nothing but its class says what it is, others have that class too, and what is written on it is nothing
    that one does: a card."""
    if target.role is not None or target.tag not in CARD_TAGS or _CONTROL_WORDS.search(named(target)):
        return False
    ways = (way for way in target.candidates if isinstance(way.locator, ByTag) and way.locator.classes)
    return any(way.count > 1 for way in ways)


@once_per_element
def in_menu(target: Element) -> bool:
    return any(
        ancestor.role in MENU_ROLES
        or ancestor.tag in MENU_TAGS
        or (ancestor.role != "tabpanel" and _MENU_NAME.search(ancestor.test_id or ancestor.id or ""))
        for ancestor in target.ancestors
    )


def _in_row(target: Element) -> bool:
    return stands_in_row(target) and not in_menu(target)


def _is_control(target: Element) -> bool:
    """Buttons and fields in a row are not what tells one row from another."""
    return target.role in ("button", "checkbox", "radio", "switch", "combobox") or is_text_field(target)


@once_per_element
def is_icon(element: Element) -> bool:
    """Whether it is a sign that a font draws, of which nobody sees the text: that is its name (`close`)."""
    marked = any(_ICONS.fullmatch(name) for name in element.classes)
    return marked and element.tag in ("i", "span", "em") and bool(_ICON_NAME.fullmatch(clean(element.text)))


@once_per_element
def named(target: Element) -> str:
    """What is written on it."""
    words = clean(target.label or target.placeholder if is_text_field(target) else "") or clean(target.name)
    return words or ("" if is_text_field(target) else clean(target.text))


def identity(target: Element, data: Data, found: bool = False) -> str:
    """How a person tells this element from others, apart from data: test id, else role and name, else label, else id.

    `found`: it may be one of the things that a search found.
    """
    told = _told_by(target)
    if found and not told.always:
        return f"{_role(target)} {DATA}"
    return told.words if told.name is None else f"{told.words}{data.without(told.name)}".rstrip()


class _Told(NamedTuple):
    """What tells an element from others: `words`, and behind them a `name` that may be data, None where there is none.
    `always`: whether or not a search found it."""

    words: str
    name: str | None = None
    always: bool = False


@once_per_element
def _told_by(target: Element) -> _Told:
    if target.test_id:
        return _Told(f"test id {_NUMBER.sub('{n}', target.test_id)}", always=True)
    role, name, verb = _role(target), named(target), row_verb(target)
    if verb in LIKING or (verb and _in_row(target) and not is_text_field(target)):
        rest = row_act(name)[1]
        if rest and _tells_row(target, rest):
            return _Told(f"{role} {verb} {DATA}", always=True)
        return _Told(f"{role} {verb} ", rest, True) if rest else _Told(f"{role} {verb}".rstrip(), always=True)
    if target.role is None and leads_nowhere(target) and (several := _named_list(target)):
        return _Told("one of ", several, True)
    if is_item(target) and not is_text_field(target):
        return _Told(f"{role} {DATA}")
    if name:
        return _Told(f"{role} ", name)
    if is_text_field(target) and (label := label_around(target)):
        return _Told(f"{role} ", label)
    attribute = next((one for one in (target.id, target.name_attribute) if one and not is_id(one)), "")
    return _Told(f"{role} {_NUMBER.sub('{n}', spaced(attribute)) if attribute else _where(target)}")


def _role(target: Element) -> str:
    return "password" if target.type == "password" else target.role or target.tag


def _named_list(target: Element) -> str:
    """What the list is called that holds the element."""
    return next((one.name for one in target.ancestors if one.role == "list" and one.name), "")


def in_control(target: Element) -> bool:
    """Whether it is but the words on a control, be they marked as the label of a field."""
    return any(ancestor.role in ("button", "link", "menuitem") for ancestor in target.ancestors)


def leads_nowhere(target: Element) -> bool:
    """Whether it is a link without an address (then it has no role), or with one that stands for none: a control of
    the page's own making."""
    return target.tag == "a" and (target.role is None or _NOWHERE.fullmatch(target.href or "") is not None)


def _tells_row(target: Element, rest: str) -> bool:
    """Whether what follows the verb on a control of a row is data: the row says it too, or nothing tells what it
    says."""
    row = next((one.name for one in target.ancestors if one.role in ITEM_ROLES and one.name), None)
    return row is None or rest.casefold() in row.casefold().replace(named(target).casefold(), "")


def _where(target: Element) -> str:
    """Place of an element that nothing names; which row it stands in is data."""
    around = (ancestor for ancestor in target.ancestors if ancestor.role not in ITEM_ROLES and ancestor.tag != "tr")
    names = ((ancestor.test_id, ancestor.id, ancestor.name) for ancestor in around)
    near = next((next((one for one in some if one and not is_id(one)), "") for some in names), "")
    return f"{target.tag}.{'.'.join(target.classes[:2])} in {_NUMBER.sub('{n}', near)}"


def choice(target: Element, data: Data) -> str:
    """What is ticked, chosen or switched: a switch is told by its name, of boxes and choices that belong together it
    is data which one was taken."""
    if target.role == "switch":
        return f"switch {DATA}" if _in_row(target) else identity(target, data)
    near = next((a.test_id or a.id or "" for a in target.ancestors if a.test_id or a.id), "")
    return f"choices {_NUMBER.sub('{n}', target.name_attribute or near)}" if target.role == "radio" else "choices"


def is_search(step: Step) -> bool:
    """Whether it types what is searched for."""
    return isinstance(step, FillStep) and is_search_field(step.target) and not is_password(step)


def shortcut(step: PressStep) -> str:
    """The key combination, where it is one that does something anywhere."""
    return key(step) if step.modifiers else ""
