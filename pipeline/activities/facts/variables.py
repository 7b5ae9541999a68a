"""What in a story is data: words that were typed, chosen and opened, and the names of things in addresses."""

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise
from typing import Final
from urllib.parse import parse_qsl, unquote

from pipeline.semantics.addresses import ends_with_name, new_path_parts, origin, place, query, route, slug
from pipeline.semantics.derived import once_per_step, once_per_steps
from pipeline.semantics.elements import WORD_CHARS_MIN, Data, in_menu, in_table_row, is_item, is_search, named, row_verb
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import headings
from pipeline.semantics.object_names import opens_one_of_list, row_of
from pipeline.semantics.path_segments import ROUTE, is_kind, names_things
from pipeline.semantics.text import clean
from schemas.elements import Element
from schemas.events import Appeared
from schemas.stories import CheckStep, ClickStep, FillStep, GotoStep, NetworkRequest, SelectStep, Step

_NAMING: Final = re.compile(
    r"(.*[_-])?(id|slug|project|tenant|org|organi[sz]ation|workspace|team|account|company|space)|title|page", re.I
)
"""Keys of a query that say which thing of many."""
_PAGE_OF_A_THING: Final = WORDS["page_of_a_thing"]
"""Parts of addresses that follow the name of a thing."""
_OF_A_SHOP: Final = WORDS["page_of_a_shop"]
"""Parts that may follow the name of one shop of many."""
_MOUNT: Final = re.compile(
    r"(ar|cs|da|de|el|en|es|fi|fr|he|hu|it|ja|ko|nb|nl|no|pl|pt|ro|ru|sv|tr|uk|zh)|apps?|web|ui|portal|shop|store|console|backend|intranet"
)
"""First parts of addresses under which all of an app lies: a language, or a word for the app itself."""
PATH_PARTS_MAX: Final = 8
"""Names of owners and shops stand among so many first parts of an address."""


def data_of(steps: Sequence[Step]) -> Data:
    """What is data in these steps."""
    return _data_of(steps, ())


@once_per_steps
def _data_of(steps: Sequence[Step], _requests: Sequence[NetworkRequest]) -> Data:
    home = next((origin(step.url) for step in steps if isinstance(step, GotoStep) and step.url), "")
    words: set[str] = set()
    names: set[str] = set()
    own: set[str] = set()
    """Parts of addresses before anything was typed: the app's own words, whoever types them (`admin`)."""
    urls = {page.url for step in steps for page in (step.page, step.after) if page is not None}
    asked = _named_in_queries(urls) | _with_pages_of_their_own(urls)
    asked |= {name for url in urls for name in _with_lists_of_their_own(route(url))}
    found = False
    for step in steps:
        own |= {slug(part) for part in place(step.page.url)[1].split("/")} - words
        found = is_search(step) or (found and not _goes_elsewhere(step))
        match step:
            case FillStep() if not step.value.secret:
                words |= {slug(clean(step.value.text)[:200])} - own
            case SelectStep():
                words |= {slug(option.label) for option in step.options} - own
            case ClickStep():
                words |= (_called(step.target) if _names_a_thing(step, found) else set()) - own
                names |= {slug(named(step.target)[:200])} if opens_one_of_list(step) else set()
                words |= _named_in_short(step) - own
            case _:
                pass
    return Data(home, frozenset(word for word in words | names | asked if len(word) >= 2), frozenset(names))


def _called(target: Element) -> set[str]:
    """What a thing is called; also without the hint that a style draws behind it at times: `Mill Press enter`."""
    name, text = named(target), clean(target.text)
    return {slug(one[:200]) for one in ((name, text) if text and name.startswith(text) else (name,))}


def _named_in_queries(urls: Set[str]) -> set[str]:
    """Parts of paths that some address's query gives as what a thing is called: `ski` of `/ski/bills`, where the user
    came by `/login?project_id=ski`."""
    named = {slug(value) for url in urls for name, value in parse_qsl(query(url)) if _NAMING.fullmatch(name)}
    return named & {slug(part) for url in urls for part in route(url)}


def _with_pages_of_their_own(urls: Set[str]) -> set[str]:
    """Parts of paths in several words that a page of theirs follows: `fire-drill` of `/handbook/fire-drill/edit`."""
    pairs = {pair for url in urls for pair in pairwise(route(url)) if _PAGE_OF_A_THING.fullmatch(pair[1])}
    names = {(slug(unquote(name)), page) for name, page in pairs}
    of_app = {name for name, page in names if ROUTE.fullmatch(name.rpartition("-")[2]) and not page.startswith("@@")}
    return {name for name, _ in names if "-" in name} - of_app


def _with_lists_of_their_own(parts: Sequence[str]) -> Iterator[str]:
    """Names before the name of a list, one in another: `ann` and `shop` of `/ann/shop/issues`; or one that follows the
    name of a thing: `concert` of `/event/harbour/concert/orders`."""
    for at, part in enumerate(parts[:PATH_PARTS_MAX]):
        if not (names_things(slug(part)) or _OF_A_SHOP.fullmatch(part)):
            continue
        first = next((before + 1 for before in range(at - 1, -1, -1) if not _may_be_name(parts[before])), 0)
        names = [slug(unquote(name)) for name in parts[first:at]]
        names = names[1:] if first == 0 and names and _MOUNT.fullmatch(names[0]) else names
        if len(names) > 1 and (first == 0 or is_kind(slug(parts[first - 1]))):
            yield from names


def _may_be_name(part: str) -> bool:
    """Whether a part of a path may name one of many things: no word of the app's own, no kind, no file."""
    return bool(re.fullmatch(r"[\w-]+", part)) and not ROUTE.fullmatch(slug(part)) and not is_kind(slug(part))


def _named_in_short(step: ClickStep) -> set[str]:
    """The part of an address by which it calls what was opened in a list, where that is but a word of its name:
    `concert` of `/events/concert/orders` for `Harbour Concert`; or where the link spells its address out, which apps do
    with one of many: `Harbour Concert /events/concert`."""
    if step.after is None or not step.navigates or row_verb(step.target):
        return set()
    if (last := _spelled_out(step.target, step.after.url)) or not in_table_row(step.target):
        return {last} - {""}
    words = set(slug(named(step.target)).split("-"))
    new = new_path_parts(step.page.url, step.after.url)
    short = {part for part in new & words if len(part) >= WORD_CHARS_MIN and not names_things(part)}
    return {part for part in short if not ROUTE.fullmatch(part)} if len(words) > 1 else set()


def _spelled_out(link: Element, url: str) -> str:
    """The last part of an address that stands in the text of the link to it, beside another name."""
    path, said = place(url)[1], named(link)
    parts = route(url)
    spelled = len(parts) > 1 and path in said.split() and said != path
    return slug(unquote(parts[-1])) if spelled else ""


def inputs_of(steps: Sequence[Step], data: Data) -> Data:
    """Data together with the words of the addresses that the user opened, and the names of the rows in which something
    was clicked: all that the pages' answers may echo."""
    words = set(data.words)
    for step in steps:
        if isinstance(step, GotoStep):
            values = [value for _, value in parse_qsl(query(step.url))]
            words |= {slug(part) for value in values for part in (value, *value.split(":"))}
        elif isinstance(step, FillStep) and not step.value.secret:
            words |= {slug(line)[:200] for line in step.value.text.splitlines()[:20]}
        elif isinstance(step, ClickStep | CheckStep):
            words.add(slug(row_of(step.target))[:200])
    return Data(data.home, frozenset(word for word in words if len(word) >= 2), data.names)


def _leads_to_its_name(step: ClickStep) -> bool:
    """Whether a link of the page's body has the name of the page that it leads to: a thing of many, most likely."""
    if step.after is None or step.target.role != "link" or in_menu(step.target) or not step.navigates:
        return False
    name = slug(named(step.target))
    last = place(step.after.url)[1].rpartition("/")[2] + "?" + query(step.after.url)
    return len(name) >= WORD_CHARS_MIN and name in slug(unquote(last))


def _goes_elsewhere(step: Step) -> bool:
    """Whether it leaves what was found before."""
    by_menu = isinstance(step, ClickStep) and step.navigates and step.target.role == "link" and in_menu(step.target)
    return by_menu or isinstance(step, GotoStep)


def _names_a_thing(step: ClickStep, found: bool) -> bool:
    """Whether what is written on it is the name of one of many things; `found`: it may be one that a search found."""
    return opens_one_of_list(step) or (_is_called_so(step) and (found or not _leads_to_page_called_so(step)))


@once_per_step
def _is_called_so(step: ClickStep) -> bool:
    """Whether what is written on it may be the name of one of many things."""
    if row_verb(step.target) or (ROUTE.fullmatch(slug(named(step.target))) and not _leads_to_one_of_its_kind(step)):
        return False
    return is_item(step.target) or _leads_to_its_name(step) or _shows_its_name(step)


def _leads_to_one_of_its_kind(step: ClickStep) -> bool:
    """Whether it leads to the thing of its name, after its kind: `#general` to `/channel/general`."""
    kind, name = ("", "", *(route(step.after.url) if step.after is not None else ()))[-2:]
    return step.navigates and is_kind(slug(kind)) and slug(unquote(name)) == slug(named(step.target))


def _shows_its_name(step: ClickStep) -> bool:
    """Whether a link of the page's body brought a dialog that is headed as the link is: it shows that thing."""
    if step.target.role != "link" or in_menu(step.target) or step.navigates:
        return False
    came = any(isinstance(one, Appeared) and one.element.role == "dialog" for one in step.changes)
    return came and named(step.target) in headings(step.changes)


def _leads_to_page_called_so(step: ClickStep) -> bool:
    """Whether a link leads to a page of its name, where the names of things don't stand (`Users` to `/admin/users`)."""
    name = slug(named(step.target))
    if step.after is None or not step.navigates or name.count("-") > 1:
        return False
    return slug(unquote("".join(route(step.after.url)[-1:]))) == name and not ends_with_name(step.after.url)
