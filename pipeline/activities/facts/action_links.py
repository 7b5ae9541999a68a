"""Links that do something at once: the app changed what they say, and shows the same page again."""

from typing import Final
from urllib.parse import parse_qsl

from pipeline.semantics.addresses import on_one_page, origin, query, route
from pipeline.semantics.elements import is_item
from pipeline.semantics.generated import is_id
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.messages import ANSWER_CHARS_MAX, errors, messages, shown_texts
from pipeline.semantics.step_meaning import meaning_of
from pipeline.semantics.text import caption, is_link
from pipeline.semantics.urls import WITHHELD
from pipeline.semantics.verbs import DELETE, PAGING, SIGN_IN
from schemas.events import Gone
from schemas.stories import ClickStep

_DONE: Final = WORDS["done_now"]
"""How messages say that something is as it should be."""
TOKEN_CHARS_MIN: Final = 16
"""Of values in addresses that name an answer and no thing."""


def acts_by_link(step: ClickStep) -> bool:
    """Whether a link led back to the page that it stands on, and that page says that something was done, or has the
    link no more (`Retract`, `Take`; in a row only where it says that it takes the row away)."""
    if not (step.navigates and is_link(step.target)):
        return False
    words = meaning_of(step).caption
    if not words or PAGING.match(words) or SIGN_IN.search(words):
        return False
    if step.after is None or (step.after.url != step.page.url and on_one_page(step.after.url, step.page.url)):
        return False  # a place on the page itself
    shown = {text for _, text in shown_texts(step.changes)}
    shown |= {caption(change.element) for change in step.changes if isinstance(change, Gone)}
    said = frozenset(text for text in shown if " " in text)  # a page may well show its own id as one word
    if _shown(step.after.url, said) != _shown(step.page.url, said) or errors(step.changes):
        return False
    if _asks_with_token(step):
        return True
    gone = any(isinstance(change, Gone) and caption(change.element) == words for change in step.changes)
    carried = (value for _, value in parse_qsl(query(step.after.url)) if value in said)
    said_so = (text for text in (*messages(step.changes), *carried) if len(text) <= ANSWER_CHARS_MAX)
    ends = gone and (not is_item(step.target) or DELETE.search(words) is not None)
    return ends or any(map(_DONE.search, said_so))


def _asks_with_token(step: ClickStep) -> bool:
    """Whether the link led to another address than the page that it came back to, and carries what no link that only
    shows something needs: a token against forged requests."""
    href = step.target.href or ""
    tokens = (value for _, value in parse_qsl(query(href)))
    carries = any(value == WITHHELD or (len(value) >= TOKEN_CHARS_MIN and is_id(value)) for value in tokens)
    return carries and route(href) != route(step.page.url)


def _shown(url: str, said: frozenset[str]) -> tuple[str, tuple[str, ...], frozenset[tuple[str, str]]]:
    """What an address shows; what a program made for this one answer is no part of that, nor is a message that it
    carries to the page (`/?message=Process%20mailer%20stopped`)."""
    pairs = ((key, value) for key, value in parse_qsl(query(url)) if len(value) < TOKEN_CHARS_MIN or not is_id(value))
    return origin(url), route(url), frozenset((key, value) for key, value in pairs if value not in said)
