"""Which of the things that a step changed are worth asserting, and how.

Each change gives at most one check with a score; the best few of different kinds are taken. A check must hold in a
clean replay: nothing volatile, nothing that depends on the clock, the window or the time zone, nothing that a harmless
addition (a banner, one more link, a wrapper) would break. Specific texts (what the user typed, sentences, numbers) say
more than headings: they are what a wrong result would change.
"""

import re
from dataclasses import replace
from typing import Final, assert_never

from pipeline.codegen.assertions.check import CHANGES_MAX, TEXT_CHARS_MAX, Check, not_seen, says_part, subject_of
from pipeline.codegen.assertions.lists.rows import is_of_others_row, is_row_element, made_sure, own_words, row_of_own
from pipeline.codegen.assertions.salience import (
    HINT_SCORE,
    LONG_NAMED_ROLES,
    LOUD_ROLES,
    Typing,
    can_be_closed,
    first_clause,
    has_captions,
    importance,
    in_margin,
    is_busy,
    is_message,
    is_only_hinted,
    is_sentence,
    looks_glued,
    whole_sentences,
    without_captions,
)
from pipeline.codegen.assertions.states import comes_with_an_id, count_check, state_check, value_check
from pipeline.codegen.locators.finder import PATH_SCORE, Finder, Found, expect, is_any_message, is_anyone, is_bare
from pipeline.codegen.locators.text_matchers import readable, regex
from pipeline.codegen.python.expressions import Attr, Call, Expr, Literal, flat, method
from pipeline.codegen.python.quoting import pattern_of
from pipeline.codegen.tickers import only_retimed, says_nothing
from pipeline.semantics.elements import is_icon
from pipeline.semantics.generated import fixed_words, is_age, is_volatile, parts, shape
from pipeline.semantics.lexicon import MONTHS
from pipeline.semantics.messages import SUCCESS
from pipeline.semantics.messages import is_message as says_of_itself
from pipeline.semantics.object_names import heads_a_card
from pipeline.semantics.text import is_editor
from schemas.elements import ByText, Element
from schemas.events import Appeared, Change, CountChanged, Gone, StateChanged, TextChanged, ValueChanged

ROLLING_ROLES: Final = frozenset({"log", "marquee", "timer"})
"""What takes in new texts and lets old ones go in its own time: which of them stand there together is chance."""
SHORT: Final = 8
"""Texts up to so many characters may stand in others by chance."""
OTHERS_ROW: Final = 25
"""What a check's score loses where its text stands in a row that others made."""
ITEMS: Final = frozenset({"listitem", "article"})
LEFT_CHARS_MIN: Final = 5
_NO_CHOICE: Final = "----"
"""Stands in a list for nothing chosen: a text with it is that of a form, with all its lists."""
_ALERTS: Final = re.compile("alert|toast|flash|notice|notification|snackbar|success")
_RANGE: Final = re.compile(r"\d{1,6} ?[-–—] ?\d{1,6}( ?(/|[^\W\d]{1,4}) ?\d{1,6})?")
"""Which rows of a list a page shows: `1 - 7`, `1–10 of 25`. Others add some."""
_MONTH_LAST: Final = re.compile(rf"\s{MONTHS}\Z")
_AMOUNT: Final = re.compile(r"\d[.,]\d\d(?!\d)")


def checks_of(
    finder: Finder, changes: tuple[Change, ...], typing: Typing, same_page: bool, shapes: frozenset[str] = frozenset()
) -> list[Check]:
    """All usable checks for the changes of a step, best first. `same_page`: the document stayed, so that things that
    went away say something. `shapes` are those of texts that tick."""
    out: list[Check] = []
    again: set[str] = set()
    changes = made_sure(changes[:CHANGES_MAX])
    changes = tuple(
        change
        for change in changes
        if not (says_nothing(change, changes, shapes) or comes_with_an_id(change, changes, typing))
    )
    own = own_words(typing.own)
    for place, change in enumerate(changes):
        check = _check(finder, change, typing, same_page)
        if check is not None:
            if only_retimed(change, changes):
                # It was there before in all words that can be looked for, and could not fail.
                again.add(flat(subject_of(check.statement)))
                continue
            told = _announced(check, change, changes, finder.fixed) if same_page else check
            if is_of_others_row(change, changes, own):
                if heads_a_card(change.element, changes) or any(word in check.says.casefold() for word in own):
                    continue  # what was entered is in a row of others by chance
                told = _moved(told, -OTHERS_ROW)
            out.append(_moved(told, -(place // 12)))
    shown = again | {flat(subject_of(check.statement)) for check in out if check.kind != "gone"}
    out = [check for check in out if check.kind != "gone" or flat(subject_of(check.statement)) not in shown]
    return sorted(out, key=lambda check: -check.score)


def _announced(check: Check, change: Change, changes: tuple[Change, ...], fixed: tuple[str, ...]) -> Check:
    """A message that is shown may be announced to screen readers as well, for a moment and in other words around it:
    what is shown is asserted, once or twice as it may be there, and right after the step, as it may not stay."""
    if not isinstance(change, Appeared) or change.element.masked:
        return check
    texts = [other.element.text or "" for other in changes if isinstance(other, Appeared) and other is not change]
    own = change.element.text or ""
    if change.element.live:
        around = any(SHORT < len(text) < len(own) < 2 * len(text) and text in own for text in texts)
        return _moved(check, -60) if around else check
    if change.element.role not in (None, "paragraph", "listitem") or not is_message(own) or len(check.says) <= SHORT:
        return check
    match check.statement:
        case Call(function=Attr(of=Call(args=(found,)), name="to_be_visible"), args=()):
            if not isinstance(found, Attr) or found.name != "first":
                found = Attr(_shown(found) if is_volatile(own, fixed) else found, "first")
            first = method(expect(found), "to_be_visible")
            return Check(first, check.score + 30, "status", check.says, soon=True)
        case _:
            return check


def _shown(several: Expr) -> Expr:
    """Of elements whose texts begin alike those that can be seen: a page may hide some until they are needed."""
    return method(several, "filter", visible=True)


def _moved(check: Check, by: int) -> Check:
    return Check(check.statement, check.score + by, check.kind, check.says, check.soon, check.uses_re)


def _check(finder: Finder, change: Change, typing: Typing, same_page: bool) -> Check | None:
    text = readable(change.after if isinstance(change, TextChanged) else change.element.text or "")
    if (
        typing.runs_together(text, says_of_itself(change.element))
        or _NO_CHOICE in text
        or _has_other_gaps(change.element, text)
        or _is_made_up(text, finder.fixed)
        or is_icon(change.element)
        or (_RANGE.fullmatch(text) and text not in finder.fixed)
    ):
        return None
    match change:
        case Appeared(element=element, transient=transient):
            return _appeared(finder, element, transient, typing, loaded=not same_page)
        case Gone(element=element):
            return _gone(finder, element, typing) if same_page else None
        case TextChanged():
            return _text(finder, change, typing)
        case ValueChanged(element=element, after=after):
            return None if is_editor(element) else value_check(finder, element, after)
        case StateChanged():
            return state_check(finder, change)
        case CountChanged():
            return count_check(finder, change)
        case _:
            assert_never(change)


def _is_made_up(text: str, fixed: tuple[str, ...]) -> bool:
    """Whether a text is times, ages or ids with hardly anything beside them: their unit (`minutes ago`) changes too,
    and a word between two dates is no text to look for."""
    if is_age(text) and text not in fixed:
        return True
    cut = parts(text, fixed)
    left = [words.strip() for words in fixed_words(cut)]
    return any(part.pattern for part in cut) and sum(map(len, left)) < LEFT_CHARS_MIN


def _has_other_gaps(element: Element, text: str) -> bool:
    """Whether the page's own text has the same letters with other gaps: parts that stand below each other have none."""
    letters = "".join(text.split())
    own = [readable(one.locator.value) for one in element.candidates if isinstance(one.locator, ByText)]
    return any("".join(one.split()) == letters for one in own) and text not in own


def _appeared(finder: Finder, element: Element, transient: bool, typing: Typing, loaded: bool = False) -> Check | None:
    """`loaded`: the page came anew with it. A page that came with what was typed in its heading is not busy with it."""
    text = readable(element.text or element.name or "")
    names_it = loaded and element.role == "heading" and typing.stands_in(text)
    if not element.visible or element.masked or (is_busy(text) and not names_it):
        return None
    if transient and not (element.live or element.role in LOUD_ROLES or is_sentence(text) or len(text) > 12):
        return None
    said = whole_sentences(text)
    clause = first_clause(text, finder.fixed, element.text_cut)
    judged = f"{clause}." if clause else said if typing.echoed(said) else text
    score = importance(element, judged, typing) + (20 if transient else 0)
    kind = "status" if _is_answer(element, text) else (element.role or "text")
    cut = element.text_cut and not element.name
    found = _by_clause(finder, element, clause) if cut else _telling(finder, element)
    if (found is None or not found.unique) and not transient and (notice := _notice(finder, element, text)) is not None:
        return Check(method(expect(notice), "to_be_visible"), score, "status", text, True)
    if found is None:
        # A name may be for screen readers alone: only what can be seen is in the element.
        seen = readable(element.text or "")
        return _contains(finder, element, beginning(seen) if cut else seen, score - 8, kind, transient, typing)
    if not found.unique:
        score -= 30
    if looks_glued(found.says) and not looks_glued(text):
        score -= 25
    if is_only_hinted(element, found.says):
        score -= HINT_SCORE
    if len(found.says) > 60 and element.role in LONG_NAMED_ROLES and not is_sentence(text):
        score -= 60
    if transient and found.unique:
        return Check(method(expect(Attr(found.expr, "first")), "to_be_visible"), score, kind, found.says or text, True)
    found = row_of_own(finder, element, typing.texts) or of_sentences(finder, element, found, typing)
    if has_captions(element, found.says, typing.captions):
        score -= 30
    shown = Attr(_shown(found.expr), "first") if found.cut else found.expr
    return Check(method(expect(shown), "to_be_visible"), score, kind, found.says or text, transient)


def _notice(finder: Finder, element: Element, text: str) -> Expr | None:
    """A message that came and that the page holds more than once, as for screen readers too: one that is seen."""
    root = finder.root(element)
    if root is None or len(text) <= SHORT or not (element.live or says_of_itself(element)):
        return None
    said = [one for one in element.candidates if isinstance(one.locator, ByText) and one.count > 1 and not one.within]
    ways = [finder.candidate(root, one.model_copy(update={"count": 0})) for one in said]
    found = next((way for way in ways if way is not None and readable(way.says) == text), None)
    return None if found is None else Attr(_shown(found.expr), "first")


def _is_answer(element: Element, text: str) -> bool:
    """Whether it is a message by its role or its class. A hint in a form may be called a message as well: then its
    words decide."""
    loud = element.live or element.role in LOUD_ROLES or any(map(_ALERTS.search, element.classes))
    return says_of_itself(element) and (loud or SUCCESS.search(text) is not None)


def of_sentences(finder: Finder, element: Element, found: Found, typing: Typing) -> Found:
    """The element by its whole sentences, where the captions of what stands in it follow them. Nobody counted who says
    just these: of a message it is the one with its role, as the page may hold the same words out of sight."""
    clause = first_clause(readable(element.text or ""), finder.fixed, element.text_cut)
    said = clause or without_buttons(element, whole_sentences(found.says), typing)
    others = (text for text in finder.shown if text not in found.says and found.says not in text)
    others = (text for text in others if text != element.name)
    stands_alone = said in finder.shown and not clause and not is_sentence(said)
    if len(said) <= SHORT or stands_alone or any(said.casefold() in other.casefold() for other in others):
        return found  # without what followed it, it may not be the only one
    for one in element.candidates:
        if one.count == 1 and isinstance(one.locator, ByText) and one.locator.value == found.says != said:
            kept = one.model_copy(update={"locator": one.locator.model_copy(update={"value": said, "exact": False})})
            root = finder.root(element)
            return _as_message(finder, element, said) or (root and finder.candidate(root, kept)) or found
    return found


def _as_message(finder: Finder, element: Element, said: str) -> Found | None:
    """The alert or status that says this, where it was the only one of its role."""
    way = next((way for way in finder.all(element) if way.unique and is_any_message(way)), None)
    value = text_value(said, finder.fixed)
    return None if way is None or value is None else Found(method(way.expr, "filter", has_text=value), way.score, said)


def _by_clause(finder: Finder, element: Element, clause: str) -> Found | None:
    """A text that was cut by its first clause, where that has words in it by which it was found alone."""
    for one in element.candidates:
        if one.count == 1 and isinstance(one.locator, ByText) and clause.startswith(one.locator.value):
            whole = one.locator.model_copy(update={"value": clause, "exact": False})
            root = finder.root(element)
            return None if root is None else finder.candidate(root, one.model_copy(update={"locator": whole}))
    return None


def without_buttons(element: Element, text: str, typing: Typing) -> str:
    """The text of a row or item without the captions of the buttons at its end."""
    is_item = is_row_element(element) or element.role in ITEMS or element.tag == "li"
    return without_captions(text, typing.captions | typing.buttons) if is_item else text


def _telling(finder: Finder, element: Element) -> Found | None:
    """The best locator that looks for a text of the element, unique ones first."""
    ways = [way for way in finder.all(element) if way.says and readable(way.says)]
    ways = [way for way in ways if way.score < PATH_SCORE or not way.unique]
    best = min(ways, key=lambda way: (not way.unique, way.score // 100, -len(way.says), way.score), default=None)
    by_other_means = element.text and not element.text_cut and any(way.unique for way in finder.all(element))
    return None if best is not None and not best.unique and by_other_means else best


def _contains(
    finder: Finder, element: Element, text: str, score: int, kind: str, soon: bool, typing: Typing
) -> Check | None:
    """`expect(locator).to_contain_text(…)` for an element that is found by other means than its text; where those would
    find any paragraph or row, it is the one with this text. Of a list's item or what stands in a menu, the text is what
    was entered, where it begins with that; of a part of the page, where it holds that among other things."""
    found = finder.best(element)
    if found is None or found.score >= PATH_SCORE or not text or len(text) > TEXT_CHARS_MAX:
        return None
    if not found.unique:
        score -= 30
    elif found.score >= 500:
        score -= 15
    if in_margin(element) or element.role == "listitem":
        text = max((own for own in typing.texts if text.startswith(f"{own} ")), key=len, default=text)
    elif element.role in ("article", "region") and not found.says:
        text = typing.longest_in(text) or text
    value = text_value(text, finder.fixed)
    if value is None or is_bare(found):
        return None
    if is_anyone(found) or is_any_message(found):
        one = method(found.expr, "filter", has_text=value)
        return Check(method(expect(one), "to_be_visible"), score, kind, text, soon)
    return Check(method(expect(found.expr), "to_contain_text", value), score, kind, text, soon)


def beginning(text: str) -> str:
    """A text that was cut, up to a word's end; a month there may begin a date."""
    return _MONTH_LAST.sub("", text.rpartition(" ")[0])


def text_value(text: str, fixed: tuple[str, ...]) -> Expr | None:
    """The argument of to_contain_text: the text, or its fixed parts as a pattern."""
    cut = parts(text, fixed)
    if not any(part.pattern for part in cut):
        return Literal(text)
    stable = [words.strip() for words in fixed_words(cut)]
    if not stable:
        return None
    return Literal(stable[0]) if len(stable) == 1 else regex(pattern_of(cut))


def _gone(finder: Finder, element: Element, typing: Typing) -> Check | None:
    text = readable(element.text or element.name or "")
    # Told with no way to find it, it is what something else still says.
    found = _telling(finder, element) if element.candidates else None
    if found is None or not found.unique or len(text) < 2 or element.masked or can_be_closed(text):
        return None
    if is_volatile(found.says, finder.fixed):
        return None  # by another time or id it would not be found either, gone or not
    mine = typing.echoed(text)
    # That some text went away says little, unless it is the thing that was used, what was typed, or has a frame.
    score = 58 if text in typing.used else 50 if mine else 30 if element.role or is_message(text) else 12
    score += 10 if element.role in ("dialog", "row", "listitem", "alertdialog") else 0
    if in_margin(element):
        score -= 15
    return Check(not_seen(found.expr), score, "gone", f"gone {text}")


def _text(finder: Finder, change: TextChanged, typing: Typing) -> Check | None:
    element, before, after = change.element, readable(change.before), readable(change.after)
    if after in ("", before) or element.masked or len(after) > TEXT_CHARS_MAX or is_busy(after):
        return None
    if before and element.role in ROLLING_ROLES:
        return _own_line(finder, change, typing)
    by_change = _of_change(element, before, after, typing)
    score = importance(element, after, typing) + 16
    steady = [way for way in finder.all(element) if not says_part(way.says, after) or _stays(way.says, before, after)]
    best = min(steady, key=lambda way: way.score, default=None)
    # A name has spaces where the text, put together from parts, may have none.
    named = after not in readable(element.text or "")
    if named or best is None or not best.unique or best.score >= PATH_SCORE or is_anyone(best):
        shown = _appeared(finder, element, False, typing)
        return None if shown is None else replace(shown, score=max(shown.score, score - 16 if named else 0) + by_change)
    after = _typed_alone(before, after, typing)
    value = text_value(after, finder.fixed)
    if value is None:
        return None
    return Check(method(expect(best.expr), "to_contain_text", value), score + by_change, "changed", after)


def _typed_alone(before: str, after: str, typing: Typing) -> str:
    """What was typed, where a text shows that anew and has said all else before: `Night school` of `Night school (3ac6)
    Edit`, which was `Day school (3ac6) Edit`."""
    news = (text for text in typing.texts if len(text) > SHORT and text in after and text not in before)
    said = max(news, key=len, default="")
    rest = after.replace(said, " ", 1).split() if said else []
    return said if rest and set(rest) <= set(before.split()) else after


def _own_line(finder: Finder, change: TextChanged, typing: Typing) -> Check | None:
    """That what was written stands in a log now, where others write as well."""
    before, after = readable(change.before), readable(change.after)
    news = after.removeprefix(before) if after.startswith(before) else ""
    said = max((text for text in typing.texts if len(text) > SHORT and text in news), key=len, default="")
    ways = [way for way in finder.all(change.element) if way.unique and not (way.says and says_part(way.says, after))]
    best = min((way for way in ways if way.score < PATH_SCORE), key=lambda way: way.score, default=None)
    if not said or best is None:
        return None
    score = importance(change.element, said, typing) + 16
    return Check(method(expect(best.expr), "to_contain_text", said), score, "changed", said)


def _of_change(element: Element, before: str, after: str, typing: Typing) -> int:
    """What a change says beside the new text: a number that became another one is the result, an amount wherever it
    stands; a field that lost what was entered is ready for the next thing."""
    if typing.echoed(before) and not typing.echoed(after):
        return -50
    if before == after or shape(before) != shape(after):
        return 0
    return 30 if in_margin(element) and _AMOUNT.search(after) else 12


def _stays(says: str, before: str, after: str) -> bool:
    """Whether the words were there before the text changed, and still are."""
    says = says.lower()
    return len(says) > SHORT and says in before.lower() and says in after.lower() and says != after.lower()
