"""From what the recorder saw of an element to one Playwright locator.

The ranking is codegen's (role and name, placeholder, label, alt, text, title, id, attribute, tag, path) with these
differences: only what was unique in the live page comes first; test ids come after what people see; `exact=True` only
where it is needed to be unique; names and ids that look generated are never used; a scope by a named ancestor or a
text beats a place in a list.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, assert_never

from pipeline.codegen.amendments import normal
from pipeline.codegen.locators.selectors import ROLES, css, derived, test_id_css
from pipeline.codegen.locators.text_matchers import (
    PENALTY_CUT,
    PENALTY_DOUBTFUL,
    PENALTY_VOLATILE,
    Matcher,
    counter_free,
    matcher,
    readable,
    regex,
)
from pipeline.codegen.python.expressions import Attr, Call, Expr, Literal, Name, Plain, flat, function, method
from pipeline.codegen.python.quoting import escaped, quoted
from pipeline.semantics.generated import is_age, looks_generated, telling
from pipeline.semantics.lexicon import WORDS
from pipeline.semantics.text import joints, without_key
from schemas.elements import (
    ByAltText,
    ByAttribute,
    ById,
    ByLabel,
    ByPath,
    ByPlaceholder,
    ByRole,
    ByTag,
    ByTestId,
    ByText,
    ByTitle,
    Candidate,
    Element,
    Locator,
    Scope,
)

PATH_SCORE: Final = 5_000
"""Locators beyond are places in the page: good enough to act on, not to assert by."""
PENALTY_NTH: Final = 10_000
COMMON_ROLES: Final = frozenset(
    {"paragraph", "listitem", "link", "button", "row", "cell", "heading", "img", "list", "strong", "code", "emphasis"}
)
COMMON_TAGS: Final = frozenset(
    {"a", "b", "code", "dd", "div", "dt", "em", "h1", "h2", "h3", "h4", "i", "img", "label", "li", "p", "pre", "small"}
    | {"span", "strong", "svg", "td", "th", "time", "tr", "ul"}
)
JOINTS_MIN: Final = 2
"""Places where words meet without a space, from which on a text is certainly put together; one has many a brand."""
PENALTY_JOINT: Final = 15
PENALTY_JOINTS: Final = 430
WORD_CHARS_MAX: Final = 8
"""A word so short may stand in others by chance."""
PENALTY_RENAMED: Final = 600
"""For scopes by ids and test ids: they are renamed more readily than what people see."""

FRAMED: Final = frozenset({"dialog", "alertdialog", "heading"})
_CLOSES_AFTER: Final = WORDS["closes_after"]
"""The button at the end of the head of a window."""

_SURE: Final = (ByRole, ByLabel, ByTestId)
"""Ways that are better than a place, where they find one element alone."""


@dataclass(frozen=True)
class Found:
    """A locator as code. `score`: the lower the better. `says` is the visible text that it looks for, if any."""

    expr: Expr
    score: int
    says: str = ""
    unique: bool = True
    cut: bool = False
    """Only a part of its text is left, which others may have as well."""
    place: str = ""
    """Which of several it is, where it is told by its place alone: `3rd of 5`."""


def _named(of: Expr, name: str, value: Matcher) -> Expr | None:
    if value.expr is None:
        return None
    return method(of, name, value.expr, exact=True) if value.exact else method(of, name, value.expr)


@dataclass(frozen=True)
class Finder:
    """Makes locators in one page (`page` is its variable); `fixed` are the texts that the story itself typed."""

    page: Expr
    fixed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """What stands right before a secret that the page shows: texts with more behind it are never used."""
    avoided: frozenset[str] = frozenset()
    """Locators, as code in its normal form, that don't find their element where the test runs."""
    shown: frozenset[str] = frozenset()
    """Short texts that stand by themselves in the pages of the story."""
    _known: dict[int, tuple[Element, Found | None]] = field(default_factory=dict, compare=False, repr=False)
    """What was found, by the element's identity: a step asks several times. Holding the element, it can't meet another
    one of the same identity."""

    def best(self, element: Element) -> Found | None:
        """The best way to find the element, None if there is no usable one."""
        known = self._known.get(id(element))
        if known is None:
            ways = sorted(self._ways(element), key=lambda found: found.score)
            known = self._known[id(element)] = (element, next(filter(self._usable, ways), None))
        return known[1]

    def by_text(self, element: Element) -> Found | None:
        """The best way by the words that stand there, as those of a label. By their place where others say them too,
        if it is known (an unknown one is told as the first) and nothing else finds the element alone."""
        told = [one for one in element.candidates if isinstance(one.locator, ByText)]
        texts = tuple(one for one in told if one.count == 1)
        if not texts and not any(one.count == 1 and isinstance(one.locator, _SURE) for one in element.candidates):
            texts = tuple(one for one in told if 0 < one.index < one.count)
        return self.best(element.model_copy(update={"candidates": texts})) if texts else None

    def all(self, element: Element) -> list[Found]:
        """Every usable way, in the order of the candidates."""
        return list(filter(self._usable, self._ways(element)))

    def _ways(self, element: Element) -> list[Found]:
        root = self.root(element)
        if root is None:
            return []
        candidates = [_without_key(element, one) for one in element.candidates or derived(element)]
        own = readable(element.text or element.name or "")
        ways = (self.candidate(root, candidate, own) for candidate in candidates)
        ways = (way for way, one in zip(ways, candidates, strict=True) if not _doubtful(element, one))
        return [way for way in ways if way is not None]

    def _usable(self, way: Found) -> bool:
        return not self.reveals(way.expr) and not (self.avoided and normal(flat(way.expr)) in self.avoided)

    def reveals(self, expr: Expr) -> bool:
        """Whether a text in the code goes on where a secret begins, or holds the sign for one, which the page
        doesn't show."""
        code = flat(expr)
        return _WITHHELD in code or any(_goes_on(code, before) for before in self.hidden)

    def root(self, element: Element) -> Expr | None:
        """The page, or the innermost frame that holds the element."""
        root: Expr = self.page
        for hop in element.frames:
            ways = [way for way in (self.candidate(root, candidate) for candidate in hop) if way is not None]
            best = min(ways, key=lambda found: found.score, default=None)
            if best is None:
                return None
            root = Attr(best.expr, "content_frame")
        return root

    def candidate(self, root: Expr, candidate: Candidate, own: str = "") -> Found | None:
        """One candidate as code within `root`; `own` is what the element says."""
        expr, score = root, 0
        for scope in candidate.within:
            inner = self.scope(expr, scope, own)
            if inner is None:
                return None
            expr, score = inner.expr, score + 25 + inner.score // 10
            if scope.count > 1:
                score += 20
        found = self._one(expr, _whole_word(candidate, own))
        if found is None:
            return None
        score += found.score
        if candidate.count == 0:
            return Found(found.expr, score + 5, found.says)
        if candidate.count == 1:
            return Found(found.expr, score, found.says, cut=found.cut)
        if candidate.index >= candidate.count:
            return None
        place = Attr(found.expr, "first") if candidate.index == 0 else method(found.expr, "nth", candidate.index)
        told = f"{ordinal(candidate.index + 1)} of {candidate.count}" if candidate.index else ""
        return Found(place, score + PENALTY_NTH + 10 * candidate.index, found.says, unique=False, place=told)

    def scope(self, root: Expr, scope: Scope, own: str = "") -> Found | None:
        """An element around others as code within `root`, with the text that tells it from its like. Figures behind
        what the element itself says (`own`) count what others add and take away: `Open12`."""
        found = self._one(root, scope.locator)
        if found is not None and isinstance(scope.locator, (ById, ByTestId)):
            found = Found(found.expr, found.score + PENALTY_RENAMED)
        if found is None or scope.has_text is None:
            return found
        if is_age(scope.has_text) and scope.has_text not in self.fixed:
            return None
        counted = own and not own[-1].isdigit() and re.fullmatch(rf"{re.escape(own)}\s?\d+", readable(scope.has_text))
        counts = Matcher(regex(escaped(own) + r"\s*\d+"), PENALTY_VOLATILE)
        text = counts if counted else matcher(scope.has_text, False, self.fixed)
        if text.expr is None:
            return None
        score = found.score // 2 + text.penalty + _vagueness(scope.has_text)
        return Found(method(found.expr, "filter", has_text=text.expr), score)

    def _one(self, root: Expr, locator: Locator) -> Found | None:
        """A locator without its place among several."""
        match locator:
            case ByRole():
                return self._role(root, locator)
            case ByLabel(value=value, exact=exact):
                return self._texted(root, "get_by_label", value, exact, 110)
            case ByPlaceholder(value=value, exact=exact):
                return self._texted(root, "get_by_placeholder", value, exact, 120)
            case ByAltText(value=value, exact=exact):
                return self._texted(root, "get_by_alt_text", value, exact, 160)
            case ByText(value=value, exact=exact):
                return self._texted(root, "get_by_text", value, exact, 180)
            case ByTitle(value=value, exact=exact):
                return self._texted(root, "get_by_title", value, exact, 200)
            case ByTestId(value=value, attribute=attribute):
                return _test_id(root, value, attribute)
            case ById() | ByAttribute() | ByTag() | ByPath():
                selector = css(locator)
                return Found(method(root, "locator", selector[0]), selector[1]) if selector else None
            case _:
                assert_never(locator)

    def _role(self, root: Expr, locator: ByRole) -> Found | None:
        if locator.role not in ROLES or locator.role in ("generic", "none", "presentation"):
            return None
        if not locator.name:
            return Found(method(root, "get_by_role", locator.role), 425)
        name = _CLOSES_AFTER.sub("", locator.name) if locator.role in FRAMED and not locator.exact else locator.name
        if locator.role == "heading" and name in self.shown:
            name = locator.name  # within the head of the window another heading says just that
        value = matcher(name, locator.exact, self.fixed, gap=" ")
        if value.expr is None:
            return None
        keywords: dict[str, Plain] = {"name": value.expr}
        if value.exact:
            keywords["exact"] = True
        score = 100 + value.penalty + (5 if value.exact else 0) + (0 if telling(locator.name) else 40)
        if not counter_free(locator.name, self.fixed):
            score += 15
        score += _vagueness(locator.name)
        cut = value.penalty >= PENALTY_CUT
        return Found(method(root, "get_by_role", locator.role, **keywords), score, locator.name, cut=cut)

    def _texted(self, root: Expr, name: str, text: str, exact: bool, base: int) -> Found | None:
        value = matcher(text, exact, self.fixed)
        expr = _named(root, name, value)
        if expr is None:
            return None
        score = base + value.penalty + (5 if value.exact else 0) + (0 if counter_free(text, self.fixed) else 15)
        one_letter = text.isascii() and len(text) == 1 and text.isalpha()
        score += PENALTY_JOINTS if one_letter else _vagueness(text)
        if value.pieces and name == "get_by_text" and fits_several(value.pieces, self.shown):
            score += PENALTY_DOUBTFUL
        return Found(expr, score, text)


def _vagueness(text: str) -> int:
    """What counts against the texts of several elements as a name, such as a label with the list that opens in it."""
    found = joints(text)
    return PENALTY_JOINTS if found >= JOINTS_MIN else PENALTY_JOINT if found else 0


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def fits_several(pieces: tuple[str, ...], shown: Iterable[str]) -> bool:
    """Whether several of the texts hold the pieces in their order: what was unique with its numbers and times is not so
    without them. A text around another one that fits counts as that one, as it does where a page is searched. Each
    text is looked through once: the regular expression itself would try each way to share out what lies between."""
    found = [text for text in shown if _holds(text, pieces)]
    inner = {text for text in found if not any(other != text and other in text for other in found)}
    return len(inner) > 1


def _holds(text: str, pieces: tuple[str, ...]) -> bool:
    at = 0
    shown = " ".join(text.split())
    for piece in pieces:
        found = shown.find(" ".join(piece.split()), at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def expect(subject: Expr) -> Expr:
    """`expect(…)`."""
    return function("expect", subject)


def is_anyone(found: Found) -> bool:
    """Whether the locator is just the only paragraph, link or the like of the page: one more would make it another."""
    match found.expr:
        case Call(function=Attr(of=Name(), name="get_by_role"), args=(Literal(value=role),), keywords=()):
            return role in COMMON_ROLES
        case _:
            return is_bare(found)


def is_any_message(found: Found) -> bool:
    """Whether the locator finds any message of the page or frame: a second one may come and stand beside it."""
    match found.expr:
        case Call(function=Attr(name="get_by_role"), args=(Literal(value="alert" | "status"),), keywords=()):
            return True
        case _:
            return False


def is_bare(found: Found) -> bool:
    """Whether the locator says nothing but a tag that pages are full of: that it was the only `span` is chance."""
    match found.expr:
        case Call(function=Attr(name="locator"), args=(Literal(value=str() as tag),), keywords=()):
            return tag in COMMON_TAGS
        case _:
            return False


def _whole_word(candidate: Candidate, own: str) -> Locator:
    """The locator; of a short word that is all the element says, as a whole: rows that come later may hold `Name` by
    chance, in a longer word or across two cells (`Hanna` beside `Menu`). A whole text is found by its parts as well, so
    what was found alone by these is found alone."""
    locator = candidate.locator
    if not isinstance(locator, ByText) or candidate.count != 1 or locator.value != own or len(own) > WORD_CHARS_MAX:
        return locator
    return locator.model_copy(update={"exact": True}) if own.isalpha() else locator


_WITHHELD: Final = quoted("•••")[1:-1]


def _doubtful(element: Element, candidate: Candidate) -> bool:
    """Whether versions of Playwright disagree about the element's role."""
    return element.tag in ("th", "td") and isinstance(candidate.locator, ByRole)


def _without_key(element: Element, candidate: Candidate) -> Candidate:
    """A name by a title without the key that presses it: a style may show the caption under the mouse alone, and the
    title, with its key, names the element but until then."""
    locator = candidate.locator
    if not isinstance(locator, ByRole) or locator.exact or not locator.name or locator.name != element.title:
        return candidate
    return candidate.model_copy(update={"locator": locator.model_copy(update={"name": without_key(locator.name)})})


def _goes_on(code: str, before: str) -> bool:
    """Whether more than the end of a literal follows on `before` in the code."""
    inside = quoted(before)[1:-1]
    for form in {inside, inside.replace('"', '\\"'), escaped(before)}:
        place = code.find(form)
        if place >= 0 and not re.match(r"['\"]?[,)]", code[place + len(form) :]):
            return True
    return False


def _test_id(root: Expr, value: str, attribute: str) -> Found | None:
    if looks_generated(value):
        return None
    if attribute == "data-testid":
        return Found(method(root, "get_by_test_id", value), 430)
    selector = test_id_css(value, attribute)
    return None if selector is None else Found(method(root, "locator", selector), 440)
