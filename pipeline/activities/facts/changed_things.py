"""What a step changed in the app, by the address of the request that asked for it.

Apps show a thing in many places (`/today`, `/inbox`) and change it at one (`/api/tasks/7`). What was asked of the app
is stronger evidence of what was done than the page from which it was asked.
"""

import re
from collections.abc import Sequence, Set
from typing import Final
from urllib.parse import parse_qsl, unquote

from pipeline.activities.activity import THING
from pipeline.activities.facts.responses import Answers
from pipeline.semantics.addresses import ID, query, route, slug
from pipeline.semantics.elements import Data
from pipeline.semantics.generated import is_id
from pipeline.semantics.lexicon import LISTS
from pipeline.semantics.path_segments import is_list, is_route, names_things
from pipeline.semantics.text import caption, clean
from pipeline.semantics.verbs import MAKING_PAGES, SETTINGS_PAGES, named_in_path
from schemas.stories import ClickStep, FillStep, NetworkRequest, Step

_CHANGE_ONE: Final = ("DELETE", "PATCH", "PUT")
"""Methods that name what they change in the address, as POST need not; the most telling first."""
_CALL: Final = re.compile(r"[a-z]\w*\.(?!php|html?|aspx?|jsp|do|cgi|js)[a-z]\w*", re.I)
"""What is called by the name of a thing and of what is done to it: `channels.mute`."""
_STATE: Final = LISTS["states"]
"""What a thing is switched to: which of them it was is data."""
STATE_WORDS_MAX: Final = 2


def changed_thing(used: Sequence[Step], step: Step, names_itself: bool, answers: Answers, data: Data) -> str:
    """The pattern of the thing, or of the list of things, that a step changed; `used` are the fields before it that may
    have saved themselves, `names_itself` says that the control alone tells what was done (`Approve`).

    Nothing where the request doesn't tell. A form on the thing's own page is told by that page, whose address says
    which of its forms it is (`/projects/7/settings/members`).
    """
    page = step.page.url
    if named_in_path(page, *SETTINGS_PAGES, *MAKING_PAGES):
        return ""
    typed = {clean(one.value.text) for one in used if isinstance(one, FillStep) and not one.value.secret}
    for one in (step, *reversed(used)):
        sent = _sent_by_form(one, answers.written(one))
        named = [(request, shape) for request in sent if (shape := _thing(request, step, typed, data))]
        if named:
            # Requests that are sent together come in any order.
            request, shape = min(named, key=lambda each: (_rank(each[0].method), each[1]))
            own_page = route(request.url) == route(page) or (not names_itself and _is_shown_by(page, request))
            return "" if own_page else THING + shape
    return ""


def saves_itself(step: Step, answers: Answers) -> bool:
    """Whether what was filled in asked the app to keep it, by itself or by keys that were pressed in it."""
    return any(request.method in _CHANGE_ONE for request in answers.written(step))


def _sent_by_form(step: Step, written: Sequence[NetworkRequest]) -> Sequence[NetworkRequest]:
    """The requests by which a step asked for a change: where a form was sent for a new page, that one alone. What is
    asked for besides is the new page's own doing (a picture for each thing of its list)."""
    if not step.loads or step.after is None:
        return written
    there = route(step.after.url)
    form = [one for one in written if one.method == "POST" and route(one.url) in (there, route(step.page.url))]
    return form or written


def _rank(method: str) -> int:
    return _CHANGE_ONE.index(method) if method in _CHANGE_ONE else len(_CHANGE_ONE)


def _thing(request: NetworkRequest, step: Step, typed: Set[str], data: Data) -> str:
    """The pattern of an address that is that of one thing of many, or of their list: no `/graphql`, no `/save`. It is
    called as the user said where the address ends with what was typed, be that a word of the app's too."""
    *before, last = route(request.url) or ("",)
    shown = route(step.page.url)
    shape = data.place(request.url)
    if before and unquote(last) in typed and not query(request.url):
        return f"{shape.rpartition('/')[0]}/{ID}"
    if _is_verb_of(step, last) and shown and tuple(before[-len(shown) :]) == shown and not is_route(shown[-1]):
        kept = (part if is_route(part) or is_list(slug(part)) else ID for part in before[:-1])
        shape = f"/{'/'.join((*kept, ID))}/{last}"
    elif ID not in shape and not names_things(last.lower()):
        return shape if _CALL.fullmatch(last) else ""
    head, _, end = shape.rpartition("/")
    words = slug(end).split("-")
    return f"{head}/{{state}}" if words[-1] in _STATE and len(words) <= STATE_WORDS_MAX else shape


def _is_verb_of(step: Step, part: str) -> bool:
    """Whether a part of an address is what the control itself says (`Star` asks `/ada/shop/star`)."""
    return isinstance(step, ClickStep) and bool(slug(part)) and slug(caption(step.target)).startswith(slug(part))


def _is_shown_by(page: str, request: NetworkRequest) -> bool:
    """Whether the page is the thing's own: it has the same id in its address."""
    ids = {part for part in map(unquote, route(request.url)) if is_id(part)}
    return bool(ids & {unquote(part) for part in route(page)} | ids & {value for _, value in parse_qsl(query(page))})
