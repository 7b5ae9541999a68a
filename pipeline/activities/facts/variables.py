"""What in a story is data: words that were typed, chosen and opened, and the names of things in addresses."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import parse_qsl, unquote

from pipeline.semantics.addresses import origin, query, route, slug
from pipeline.semantics.controls import prompt_answers
from pipeline.semantics.derived import once_per_steps, once_per_text
from pipeline.semantics.elements import WORD_CHARS_MIN, Data
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.object_names import row_of
from pipeline.semantics.path_segments import ROUTE, is_kind, names_things
from pipeline.semantics.step_meaning import StepMeaning, meaning_of
from pipeline.semantics.text import clean
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
    asked = _names_in({page.url for step in steps for page in (step.page, step.after) if page is not None})
    found = False
    for step in steps:
        meaning = meaning_of(step)
        own |= meaning.page_slugs - words
        words |= {slug(text[:200]) for text in prompt_answers(step)} - own
        found = meaning.is_search or (found and not _goes_elsewhere(meaning))
        match step:
            case FillStep() if not step.value.secret:
                words |= {slug(clean(step.value.text)[:200])} - own
            case SelectStep():
                words |= {slug(option.label) for option in step.options} - own
            case ClickStep():
                words |= (_called(meaning) if _names_a_thing(meaning, found) else set()) - own
                names |= {slug(meaning.name[:200])} if meaning.opens_one_of_list else set()
                words |= _named_in_short(meaning) - own
            case _:
                pass
    return Data(home, frozenset(word for word in words | names | asked if len(word) >= 2), frozenset(names))


def _called(thing: StepMeaning) -> set[str]:
    """What a thing is called; also without the hint that a style draws behind it at times: `Mill Press enter`."""
    name, text = thing.name, thing.text
    return {slug(one[:200]) for one in ((name, text) if text and name.startswith(text) else (name,))}


@dataclass(frozen=True, slots=True)
class _Address:
    """What one address says of the names of things.

    `parts` are those of its path, `asked` what its query gives as what a thing is called, `before_pages` the parts that
    a page of a thing follows, each with that page, `in_lists` names before the name of a list.
    """

    parts: frozenset[str]
    asked: frozenset[str]
    before_pages: frozenset[tuple[str, str]]
    in_lists: frozenset[str]


@once_per_text
def _read(url: str) -> _Address:
    parts = route(url)
    followed = (pair for pair in pairwise(parts) if _PAGE_OF_A_THING.fullmatch(pair[1]))
    return _Address(
        frozenset(map(slug, parts)),
        frozenset(slug(value) for name, value in parse_qsl(query(url)) if _NAMING.fullmatch(name)),
        frozenset((slug(unquote(name)), page) for name, page in followed),
        frozenset(_with_lists_of_their_own(parts)),
    )


def _names_in(urls: Set[str]) -> set[str]:
    """Parts of paths that are names of things: that some address's query gives as what a thing is called (`ski` of
    `/ski/bills`, where the user came by `/login?project_id=ski`); in several words that a page of theirs follows
    (`fire-drill` of `/handbook/fire-drill/edit`); or that stand before the name of a list."""
    read = [_read(url) for url in urls]
    parts, asked, named = set[str](), set[str](), set[str]()
    pairs = set[tuple[str, str]]()
    for one in read:
        parts |= one.parts
        asked |= one.asked
        named |= one.in_lists
        pairs |= one.before_pages
    of_app = {name for name, page in pairs if ROUTE.fullmatch(name.rpartition("-")[2]) and not page.startswith("@@")}
    return (asked & parts) | ({name for name, _ in pairs if "-" in name} - of_app) | named


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


def _named_in_short(click: StepMeaning) -> set[str]:
    """The part of an address by which it calls what was opened in a list, where that is but a word of its name:
    `concert` of `/events/concert/orders` for `Harbour Concert`; or where the link spells its address out, which apps do
    with one of many: `Harbour Concert /events/concert`."""
    if not click.leads or click.row_verb:
        return set()
    if (last := _spelled_out(click)) or not click.in_table_row:
        return {last} - {""}
    words = set(click.name_slug.split("-"))
    short = {part for part in click.new_path_parts & words if len(part) >= WORD_CHARS_MIN and not names_things(part)}
    return {part for part in short if not ROUTE.fullmatch(part)} if len(words) > 1 else set()


def _spelled_out(link: StepMeaning) -> str:
    """The last part of the address that a link led to, where that stands in its text, beside another name."""
    path, said = link.after_path, link.name
    spelled = len(link.after_route) > 1 and path in said.split() and said != path
    return slug(unquote(link.after_route[-1])) if spelled else ""


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


def _clicks_link(click: StepMeaning) -> bool:
    return isinstance(click.step, ClickStep) and click.target.role == "link"


def _goes_elsewhere(step: StepMeaning) -> bool:
    """Whether it leaves what was found before."""
    return isinstance(step.step, GotoStep) or (_clicks_link(step) and step.step.navigates and step.in_menu)


def _names_a_thing(click: StepMeaning, found: bool) -> bool:
    """Whether what is written on it is the name of one of many things; `found`: it may be one that a search found."""
    return click.opens_one_of_list or (_is_called_so(click) and (found or not _leads_to_page_called_so(click)))


def _is_called_so(click: StepMeaning) -> bool:
    """Whether what is written on it may be the name of one of many things."""
    if click.row_verb or (ROUTE.fullmatch(click.name_slug) and not _leads_to_one_of_its_kind(click)):
        return False
    return click.is_item or _leads_to_its_name(click) or _shows_its_name(click)


def _leads_to_its_name(click: StepMeaning) -> bool:
    """Whether a link of the page's body has the name of the page that it leads to: a thing of many, most likely."""
    if not (click.leads and _clicks_link(click)) or click.in_menu:
        return False
    last = f"{click.after_path.rpartition('/')[2]}?{click.after_query}"
    return len(click.name_slug) >= WORD_CHARS_MIN and click.name_slug in slug(unquote(last))


def _leads_to_one_of_its_kind(click: StepMeaning) -> bool:
    """Whether it leads to the thing of its name, after its kind: `#general` to `/channel/general`."""
    kind, name = ("", "", *click.after_route)[-2:]
    return click.step.navigates and is_kind(slug(kind)) and slug(unquote(name)) == click.name_slug


def _shows_its_name(click: StepMeaning) -> bool:
    """Whether a link of the page's body brought a dialog that is headed as the link is: it shows that thing."""
    if not _clicks_link(click) or click.in_menu or click.step.navigates:
        return False
    return click.brought_dialog and click.name in click.headings


def _leads_to_page_called_so(click: StepMeaning) -> bool:
    """Whether a link leads to a page of its name, where the names of things don't stand (`Users` to `/admin/users`)."""
    if not click.leads or click.name_slug.count("-") > 1:
        return False
    return slug(unquote("".join(click.after_route[-1:]))) == click.name_slug and not click.leads_to_place_of_names
