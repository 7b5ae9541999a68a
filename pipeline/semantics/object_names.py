"""What things are called: the one that a control stands beside, the one that was opened, the one that was deleted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pipeline.semantics.addresses import query, route, singular, slug
from pipeline.semantics.elements import in_menu, is_item
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import ANSWER_CHARS_MAX, done, headings, is_message, main_headings, quotes, shown_texts
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import caption, clean, is_button, is_link, is_name, joints, quoted, short
from pipeline.semantics.verbs import (
    CANCEL,
    CART,
    CREATE,
    DELETE,
    EDIT,
    ROW_WORDS_MAX,
    SETTINGS,
    SIGN_IN,
    button_act,
    is_commit,
    is_password,
    named_in_path,
    row_act,
    says,
)
from schemas.elements import ByPath, ByRole, ByText, Candidate, Element, Scope
from schemas.events import Appeared, Change, Page
from schemas.stories import CheckStep, ClickStep, GotoStep, Step

_OF_ROWS: Final = frozenset({"row", "tr", "cell", "gridcell", "rowheader", "td"})
_NOT_OF_ROWS: Final = frozenset({"heading", "alert", "status", "alertdialog", "dialog", "textbox", "combobox", "form"})
ROW_ROLES: Final = frozenset({"row", "listitem", "article"})
_OPENED: Final = frozenset({"menu", "menuitem", "dialog", "alertdialog", "alert", "status"})
"""What a control of a row brings, for that row."""
ROW_CHARS_MAX: Final = 60
"""A longer name of a row is that of all its cells: no name for a thing."""
CARDS_MIN: Final = 5
"""So many headings of one level that come at once are those of listed things."""
_LIST: Final = re.compile(r"((\d+|[Aa]ll|[Mm]y) )?[^\W\d][a-z]+s")
"""What lists are called: `Posts`, `3 Pools`, `All products`."""
_AROUND: Final = WORDS["row_controls"]
"""What controls of a row say in its name, beside what stands in its cells."""
_BRACKETED: Final = re.compile(r"\(([^()]{1,60})\)$")
_LABELLED: Final = re.compile(r"[^\W\d]+: ['\"‘“„«](.+)['\"’”»]")
"""A heading that says first what the thing is: `Shelf: 'To read'`."""
_OF_FORMS: Final = WORDS["headings_of_forms"]
"""How headings of forms say what is done, beside what is done in rows."""
_DATA_BESIDE: Final = re.compile(r"[\d/@]")
"""What stands beside the name of a thing in the caption of an entry, and is none of it."""
_CELLS: Final = re.compile(r"\s(?=\S+@\S|\d+[/.:-]\d|True\b|False\b)")
"""Where the name of a thing ends in the name of its row: before an address, a date, or what is so or not."""
_COUNT: Final = re.compile(r"\s(?=\(?\d{1,6}\)? [^\W\d_A-Z]{2,20} [^\W\d_A-Z]{2,20}(?=\Z|\s))")
"""Before what may be how many of something it has (`8 unread entries`), or belong to the name (`66 road trip`)."""


def object_phrase(noun: str, name: str, article: str = "") -> str:
    name = name if is_name(name) else ""
    if name and noun.endswith(f" {name}"):
        noun = noun[: -len(name) - 1]  # a message says both without a mark between them: `The group sales`
    if noun and name and name.lower() != noun:
        return f"the {noun} {quoted(name)}"
    if noun:
        return f"{article} {noun}" if article else one_of(noun)
    return quoted(name) if name else "an item"


def one_of(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeio' or re.match('u(?!s|ni)', noun) else 'a'} {noun}"


def deleted_object(steps: Sequence[Step], first: int, last: int) -> str:
    """The name of what was deleted, with its noun where the page says it; nothing when the page never said it."""
    own = steps[first : last + 1]
    success = done(own)
    if success and success.verb == "delete" and success.object:
        return object_phrase(success.noun if len(success.noun.split()) <= 2 else "", success.object)
    if asked := next(filter(None, map(quotes, _asked_of(own))), None):
        return quoted(asked[0])
    step = steps[first]
    if isinstance(step, ClickStep):
        if row := row_of(step.target):
            return quoted(row)
        if found := quotes(caption(step.target)):
            return quoted(found[0])
    if row := row_before(steps, first):
        return quoted(row)
    if noun := listed_before(steps, first):
        return one_of(noun)
    name = opened_before(steps, first)
    return quoted(name) if name else ""


def _asked_of(steps: Sequence[Step]) -> Iterator[str]:
    """What the page says while it asks whether one is sure: dialogs and headings, then all before the last step."""
    yield from (dialog.message for step in steps for dialog in step.dialogs)
    yield from (heading for step in steps for heading in headings(step.changes))
    shown = (text for step in steps[:-1] for _, text in shown_texts(step.changes))
    yield from (text for text in shown if len(text) <= ANSWER_CHARS_MAX)


def acted_on(steps: Sequence[Step], index: int) -> str:
    """The name of what a control does something to: its row's, else what was opened before; nothing where that is a
    list."""
    step = steps[index]
    if isinstance(step, ClickStep) and (row := named_in_answer(step, step.changes) or row_of(step.target)):
        return quoted(row)
    if row := row_before(steps, index):
        return quoted(row)
    name = opened_before(steps, index)
    listed_there = named_in_path(step.page.url, name.rpartition(" ")[2].lower())
    own_page = bool(slug(name)) and slug(name) in _said_in(step.page.url)
    return quoted(name) if name and (own_page or (" " in name and not listed_there)) else ""


def row_before(steps: Sequence[Step], index: int) -> str:
    """What tells the row apart in whose menu or dialog a control stands: the row of what opened that right before."""
    step, opener = steps[index], steps[index - 1] if index else None
    if not isinstance(step, ClickStep) or not isinstance(opener, ClickStep | CheckStep) or opener.navigates:
        return ""
    around = {one.role for one in step.target.ancestors} | {step.target.role}
    if not (around & _OPENED or came_with(opener, step.target)):
        return ""
    return (_picked_by(opener) if isinstance(opener, ClickStep) else "") or row_of(opener.target)


def came_with(opener: ClickStep | CheckStep, target: Element) -> bool:
    """Whether a control that leads nowhere brought this one: the entries of many a menu are plain buttons at the end of
    the page, and so is what asks whether one is sure."""
    came = (change.element for change in opener.changes if isinstance(change, Appeared))
    same = any((one.role, caption(one)) == (target.role, caption(target)) for one in came)
    return same and bool(caption(target)) and (is_button(opener.target) or is_link(opener.target))


def ticked_before(steps: Sequence[Step], index: int) -> str:
    """`it` or `them`, where boxes in rows were ticked right before for what is done now; nothing where none was."""
    count = 0
    for step in reversed(steps[:index]):
        if says(step, CANCEL) or says(step, DELETE):
            continue  # thought better of it once
        target = step.target if isinstance(step, CheckStep | ClickStep) else None
        if target is None or target.role != "checkbox" or not any(one.role in ROW_ROLES for one in target.ancestors):
            break
        count += 1
    return "" if not count else "it" if count == 1 else "them"


def row_of(target: Element) -> str:
    """What tells the row that holds the element from the other rows; its whole name where that is short. What the
    element itself says names no row, nor what is glued together around an element that the page has once."""
    own = caption(target).casefold()
    named = (one for one in target.candidates if isinstance(one.locator, ByRole) and one.locator.name)
    alone = any(one.count == 1 and not one.within for one in named)
    names = [ancestor.name for ancestor in target.ancestors if ancestor.role in ROW_ROLES and ancestor.name]
    for candidate in target.candidates:
        for scope in candidate.within:
            text = scope.has_text or ""
            if is_name(text) and is_row(scope) and clean(text).casefold() not in own and not (alone and joints(text)):
                return _as_one_reads_it(text, clean(next(iter(names), "")))
    row = _CELLS.split(_AROUND.sub("", clean(next(iter(names), "").removesuffix(caption(target)))), maxsplit=1)[0]
    row = _without_count(row, target)
    is_row_name = len(row) <= ROW_CHARS_MAX and is_name(row) and not (alone and joints(row))
    return row if is_row_name else _card_of(target)


def begins_row(target: Element, steps: Sequence[Step]) -> str:
    """The link by which the row begins that holds the element, as these steps showed it: what follows in the row says
    more of the thing. What does something to it (`Edit`) is not what it is called."""
    rows = [clean(one.name) for one in target.ancestors if one.role in ROW_ROLES and one.name]
    shown = (change.element for step in steps for change in step.changes)
    links = {clean(one.name or one.text) for one in shown if one.role == "link"} - {""}
    acts = {link for link in links if button_act(link)[0] and not button_act(link)[1]}
    return max((link for link in links - acts if any(row.startswith(f"{link} ") for row in rows)), key=len, default="")


def _without_count(row: str, target: Element) -> str:
    """The name of a row up to how many of something it has, where that stands alone in what holds the element."""
    name = _COUNT.split(row, maxsplit=1)[0]
    scopes = [scope for one in target.candidates for scope in one.within]
    named = {scope.locator.name for scope in scopes if isinstance(scope.locator, ByRole)}
    alone = {*named, *(scope.has_text for scope in scopes), *(one.name for one in target.ancestors)}
    return name if name in {clean(text) for text in alone} else row


def _as_one_reads_it(text: str, row: str) -> str:
    """What tells a row, where it is the label of the row's control and the row itself says it in other words: `Ana
    Brekke` of `Select Ana Brekke, Learner` in a row that is called `Select Ana Brekke ana H-101`."""
    told, own = _AROUND.sub("", clean(text)), _AROUND.sub("", row)
    if not row or row.startswith(clean(text)) or told == clean(text):
        return text
    words = [one for one, other in zip(told.split(), own.split(), strict=False) if one.rstrip(",;:") == other]
    same = " ".join(words).rstrip(",;:")
    return same if is_name(same) and own.startswith(same) else text


def _card_of(target: Element) -> str:
    """What tells the card apart in which a control stands that others have as well; the entries of a menu are no
    cards."""
    if in_menu(target):
        return ""
    named = (one for one in target.candidates if isinstance(one.locator, ByRole) and one.locator.name)
    if not any(one.count > 1 and not one.within for one in named):
        return ""
    own = caption(target).casefold()
    return next((text for text in _names_around(target.candidates) if text.casefold() not in own), "")


def held_by(target: Element) -> str:
    """What is written in that which alone holds the element, as a box of a drawing; nothing where that is long."""
    return next(_names_around(one for one in target.candidates if one.count == 1), "")


def _names_around(candidates: Iterable[Candidate]) -> Iterator[str]:
    """The short texts of what these find the element within; none that is glued from several."""
    texts = (scope.has_text or "" for one in candidates for scope in one.within)
    return (clean(text) for text in texts if is_name(text) and not joints(text) and len(text) <= ROW_CHARS_MAX)


def named_in_answer(step: ClickStep, changes: Sequence[Change]) -> str:
    """The one word of its row that the page repeats where it says what was done: `reporter`, of a row that begins with
    `stopped`, where it says `Process reporter started`."""
    names = (ancestor.name for ancestor in step.target.ancestors if ancestor.role in ROW_ROLES and ancestor.name)
    own = caption(step.target).casefold()
    words = [word for word in clean(next(names, "")).split() if len(word) > 2 and not word.casefold().startswith(own)]
    for text in (text for _, text in shown_texts(changes) if len(text) <= ANSWER_CHARS_MAX):
        answer = text.split()
        named = [word for word in words if word in answer]
        if any(word.casefold().startswith(own) for word in answer) and len(named) == 1:
            return named[0]
    return ""


def is_row(scope: Scope) -> bool:
    """Whether it says in which of many rows, by what is written in it."""
    return bool(scope.has_text) and isinstance(scope.locator, ByRole) and scope.locator.role in ROW_ROLES


def in_row(element: Element) -> bool:
    """Whether it is a row of a table, a cell, or stands in one; of a cell no row may be told around it. A heading or a
    message is none, nor a field: old pages are laid out in tables."""
    if element.role in _NOT_OF_ROWS or element.live or is_message(element):
        return False
    around = ((one.role, one.tag) for one in element.ancestors)
    if not _OF_ROWS.isdisjoint({element.role, element.tag}.union(*around)):
        return True
    return any(is_row(scope) for one in element.candidates for scope in one.within)


def card_texts(element: Element) -> tuple[str, ...]:
    """What tells the card that holds the element from the others of the page: the page has what the element says
    several times, and it is found alone only within something that is known by another text (a tile of a shop, a book
    of a library). Nothing for what stands outside cards."""
    if element.role in _NOT_OF_ROWS or element.live or is_message(element):
        return ()
    ways = [one for one in element.candidates if not isinstance(one.locator, ByPath)]
    alone = [one for one in ways if one.count == 1]
    repeated = any(one.count > 1 and not one.within for one in ways if isinstance(one.locator, ByRole | ByText))
    told = [text for one in alone if (text := next((scope.has_text for scope in one.within if scope.has_text), None))]
    return tuple(dict.fromkeys(told)) if repeated and told and len(told) == len(alone) else ()


def opened_name(step: ClickStep) -> str:
    """What a click opened: its caption; of a cell in a table, which may say anything of its row, the new heading; as
    that names it, where the caption has figures or an address beside it (`Old mill 99 % 200 OK`)."""
    said = f" {caption(step.target)} "
    for name in headings(step.changes):
        if is_name(name) and f" {name} " in said and _DATA_BESIDE.search(said.replace(f" {name} ", " ", 1)):
            return name
    in_table = step.target.role in ("cell", "gridcell") or step.target.tag == "td"
    new = [name for heading in headings(step.changes) if (name := name_in(heading))] if in_table else []
    return new[0] if new else caption(step.target)


def name_in(heading: str) -> str:
    """The name of a thing in a heading; nothing where that is a sentence, says what is done (`Edit record`), or only in
    which list one is."""
    does = row_act(heading)[0] or (_OF_FORMS.search(heading) and len(heading.split()) <= ROW_WORDS_MAX)
    if does or heading.endswith(("?", ".", "!", ":")):
        return named_in(heading)
    if named := _LABELLED.fullmatch(heading):
        return named[1]
    return "" if _LIST.fullmatch(heading) else heading


def named_in(heading: str) -> str:
    """What a heading says in quotes, or in brackets at its end: `Music` of `Edit folder (Music)`."""
    found = _BRACKETED.search(heading)
    return next(iter(quotes(heading)), "") or (clean(found[1]) if found and is_name(clean(found[1])) else "")


def opened_before(steps: Sequence[Step], index: int) -> str:
    """What the user opened last before step `index`: the link's name, else the page's heading; nothing where that was
    a list."""
    return _opened(steps, index)[0]


def listed_before(steps: Sequence[Step], index: int) -> str:
    """What one of the things is called in whose list the user is at step `index`: `post` under the heading `Posts`."""
    return singular(_opened(steps, index)[1].rpartition(" ")[2].lower())


def _opened(steps: Sequence[Step], index: int) -> tuple[str, str]:
    """The name of the thing that was opened last, or the heading of the list."""
    for at in range(index - 1, -1, -1):
        step = steps[at]
        if is_password(step):
            return "", ""  # of what was there before somebody signed in, nothing is opened any more
        page = step.page if step.after is None else step.after
        if isinstance(step, ClickStep) and not is_commit(step) and is_name(name := _picked_by(step)):
            return ("", name) if _lists(name, page) and not meaning_of(step).opens_one_of_list else (name, "")
        found = headings(step.changes)
        if (isinstance(step, GotoStep) or step.navigates) and len(main_headings(step.changes)) > 1:
            found = []  # of a page with several parts none is what was opened
        if found and _lists(found[0], page):
            return "", found[0]
        if found and is_name(name := _clicked(found[0], steps[:index]) or name_in(found[0])):
            return name, ""
        if isinstance(step, ClickStep) and step.navigates and in_menu(step.target):
            return _still_named(found, steps, at), ""
        if isinstance(step, GotoStep) and step.after is not None:
            return _titled(step.after), ""
    return "", ""


def _still_named(headings_there: Sequence[str], steps: Sequence[Step], at: int) -> str:
    """What was opened before step `at`, where the page that a menu led to is about that: `Berth 4`, of `Move Berth 4`.
    A page of the app is about something else."""
    name = _opened(steps, at)[0]
    return name if name and any(is_about(name, heading) for heading in headings_there) else ""


def is_about(name: str, heading: str) -> bool:
    """Whether a heading says what is done to the thing of that name, and nothing else but a part in brackets: `Editing
    Berth 4 (section)`. What a heading has in quotes is the name that it means."""
    if found := quotes(heading):
        return found[0] == name
    before, _, after = f" {_BRACKETED.sub('', heading).strip()} ".partition(f" {name} ")
    said = f"{before} {after}".strip()
    does = row_act(said)[0] or EDIT.match(said) or _OF_FORMS.search(said)
    return f" {name} " in f" {heading} " and (not said or (" " not in said and bool(does)))


def _clicked(heading: str, steps: Sequence[Step]) -> str:
    """What follows a colon in a heading, if something of that name was clicked: `orders` of `Alter table: orders`."""
    name = heading.partition(": ")[2]
    return name if name and any(isinstance(one, ClickStep) and caption(one.target) == name for one in steps) else ""


def _titled(page: Page) -> str:
    """What a page's title calls a thing: what the address says too, without the name of the site."""
    parts = map(clean, re.split(r"\s[-–—|·»:]+\s|\s?[\[\]]", page.title))
    said = _said_in(page.url)
    return short(next((part for part in parts if slug(part) and slug(part) in said), ""))


def _said_in(url: str) -> str:
    """What an address says beside the name of the site, as a slug."""
    return slug(" ".join((*route(url), query(url))))


def _lists(name: str, page: Page) -> bool:
    """Whether a page is the list of what it calls so: its address or its title say it too."""
    word = name.rpartition(" ")[2]
    return bool(_LIST.fullmatch(name)) and (named_in_path(page.url, word.lower()) or page.title.startswith(word))


def _picked_by(step: ClickStep) -> str:
    """The name of the thing that a click opened, if it opened one."""
    item = is_item(step.target) and (step.target.role != "option" or step.target.tag == "tr")
    if in_menu(step.target) or not (is_link(step.target) or step.navigates or item):
        return ""
    verbs = (CANCEL, CART, CREATE, EDIT, DELETE, SETTINGS, SIGN_IN)
    if any(says(step, verb) for verb in verbs) and not (item and " " in caption(step.target)):
        return row_of(step.target) if item else ""
    name = opened_name(step)
    only_unfolds = _LIST.fullmatch(name) and item and not step.navigates and name not in headings(step.changes)
    return "" if only_unfolds else name


def heads_a_card(element: Element, changes: Sequence[Change]) -> bool:
    """Whether it is a heading that came with many of its level: these are the names of listed things, each on a card
    of its own, and no parts of a page."""
    if element.role != "heading" or element.level in (None, 1):
        return False
    alike = (one.element for one in changes if isinstance(one, Appeared))
    return sum(one.role == "heading" and one.level == element.level for one in alike) >= CARDS_MIN
