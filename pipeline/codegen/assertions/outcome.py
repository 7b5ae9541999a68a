"""What to assert after a step, and above all after the last one."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from pipeline.activities.facts.responses import CHANGING, changes
from pipeline.activities.forms.password_forms import password_forms
from pipeline.codegen import addresses
from pipeline.codegen.actions import Writer
from pipeline.codegen.assertions.candidates import checks_of
from pipeline.codegen.assertions.check import Check
from pipeline.codegen.assertions.chosen_words import once_closed
from pipeline.codegen.assertions.edited import edited_checks, typed_check
from pipeline.codegen.assertions.entered import entered_in
from pipeline.codegen.assertions.kept_values import kept_values
from pipeline.codegen.assertions.lists.removed import removed_check
from pipeline.codegen.assertions.lists.replaced import replaced_control
from pipeline.codegen.assertions.lists.rows import without_found_rows, without_others_rows
from pipeline.codegen.assertions.lists.search_results import by_what_was_sought, search_results
from pipeline.codegen.assertions.own_changes import own_changes
from pipeline.codegen.assertions.pages import says_version, title_check, url_check
from pipeline.codegen.assertions.salience import Typing, captions_of, texts_of_footers
from pipeline.codegen.assertions.selection import SCORE_MIN, chosen, met_before
from pipeline.codegen.assertions.shown_before import with_less_for_boilerplate, with_less_for_unchanged
from pipeline.codegen.assertions.whole import changed_row, whole_text
from pipeline.codegen.expected_requests import BESIDE, REQUESTS_MAX, ExpectedRequest, address_pattern
from pipeline.codegen.gestures import goes_with_it
from pipeline.codegen.locators.counted_after import counted_after
from pipeline.codegen.locators.finder import Finder, expect
from pipeline.codegen.locators.text_matchers import matcher
from pipeline.codegen.python.expressions import Attr, Expr, Literal, flat, method
from pipeline.codegen.values.credentials import is_secret
from pipeline.semantics import urls
from pipeline.semantics.addresses import folded, new_query_values
from pipeline.semantics.elements import leads_nowhere
from pipeline.semantics.messages import sounds_wrong
from pipeline.semantics.text import caption, is_button
from pipeline.semantics.verbs import is_commit
from schemas.elements import Element
from schemas.events import TextChanged
from schemas.statuses import succeeded
from schemas.stories import (
    CheckStep,
    ClickStep,
    FillStep,
    GotoStep,
    NetworkRequest,
    ReloadStep,
    SelectStep,
    Step,
    Story,
)

CHECKS_LAST: Final = 4
CHECKS_LAST_MIN: Final = 3
CHECKS_ADDED: Final = 8
"""So many more are made where a test is to be strengthened."""
GONE_SCORE_MIN: Final = 40
OWN_CHANGES_MAX: Final = 2
"""So many changes of a page may be those of one control: its name and its state."""


def saving_request(
    story: Story, step: Step, fixed: tuple[str, ...], varying: frozenset[str] = frozenset()
) -> ExpectedRequest | None:
    """The one request that the step must cause, where it changes something on the server without a new page: not one
    that other steps cause as well, and rather one that names what was typed."""
    if step.loads or isinstance(step, GotoStep):
        return None
    sent = [request for request in story.network_requests if request.cause == step.event_id]
    others = {_call(request) for request in story.network_requests if request.cause != step.event_id}
    calls = [_call(request) for request in sent]
    places = [address for _, address in calls]
    own = [
        request
        for place, request in enumerate(sent)
        if request.method in CHANGING
        and succeeded(request.status)
        and urls.origin(request.url) == urls.origin(step.page.url)
        and calls.count(calls[place]) == 1
        and places.index(places[place]) == place  # many an app reads right afterwards what it has saved
        and calls[place] not in others
    ]
    named = [request for request in own if any(word in unquote(request.url) for word in fixed if len(word) > 2)]
    for request in [*named, *own]:
        pattern = address_pattern(request.url, varying)
        if pattern is not None and request.status is not None:
            return ExpectedRequest(request.status, pattern=pattern)
    return None


def saved_before_leaving(
    story: Story, step: Step, upcoming: Step, varying: frozenset[str] = frozenset()
) -> tuple[ExpectedRequest, ...]:
    """The requests by which a page saved what was entered, where the user then goes elsewhere: a page that saves by a
    timer has not done so yet when a test is there already. Of a click only where an address is opened next: what a link
    leads from shows what the click did."""
    if step.navigates or not isinstance(step, FillStep | SelectStep | CheckStep | ClickStep):
        return ()
    if isinstance(step, ClickStep) and not isinstance(upcoming, GotoStep | ReloadStep) and not _at_once(step, upcoming):
        return ()
    calls = [_call(request) for request in story.network_requests]
    own = [
        request
        for request in story.network_requests
        if request.cause == step.event_id
        and changes(request)
        and (request.method != "POST" or isinstance(step, ClickStep | CheckStep))
        and succeeded(request.status)
        and urls.origin(request.url) == urls.origin(step.page.url)
        and calls.count(_call(request)) == 1
        and not BESIDE.search(request.url)
    ]
    patterns = (address_pattern(request.url, varying) for request in own)
    return tuple(ExpectedRequest(pattern=pattern) for pattern in dict.fromkeys(patterns) if pattern)[:REQUESTS_MAX]


def _at_once(step: ClickStep, upcoming: Step) -> bool:
    """Whether a control showed by hardly more than itself what it did, and another page was opened next: many a page
    shows that before the app was asked."""
    control = is_button(step.target) or leads_nowhere(step.target)
    return control and len(step.changes) <= OWN_CHANGES_MAX and isinstance(upcoming, ClickStep) and upcoming.loads


def autosave(step: Step) -> ExpectedRequest | None:
    """That the page saves what is typed while it is typed: one that draws itself anew after it may lose what the user
    does meanwhile. It is known by the last word, which other requests for the same draft don't hold yet."""
    if not isinstance(step, FillStep) or not step.autosaved:
        return None
    text = step.value.text.removeprefix(step.before)
    words = re.findall(r"[A-Za-z0-9]{3,}", text)
    return ExpectedRequest(word=words[-1]) if words else None


def _call(request: NetworkRequest) -> tuple[str, str]:
    """Method and address of a request, ids alike."""
    found = addresses.address(request.url, frozenset())
    return request.method, found.pattern if found is not None else request.url


def checks_after(writer: Writer, step: Step, known: frozenset[str]) -> list[Check]:
    """All that could be asserted after the step, on the page where its effect shows, best first."""
    checks = _checks_after(writer, step, known)
    writer.offered.setdefault(step.event_id, []).extend(check.statement for check in checks)
    return checks


def _checks_after(writer: Writer, step: Step, known: frozenset[str]) -> list[Check]:
    page = shown_on(writer, step)
    finder = Finder(page, writer.fixed, writer.hidden, shown=writer.pieces)
    same_page = step.after is None or addresses.relative(step.after.url) == addresses.relative(step.page.url)
    stays = same_page and not isinstance(step, GotoStep)
    asked = caption(step.target) if isinstance(step, ClickStep) else ""
    checks: list[Check] = []
    changes = own_changes(writer, step)
    if changes:
        texts = tuple(text for text in writer.entered if text not in writer.credentials.beside)
        typing = Typing(texts, writer.pieces, asked, writer.emptied, writer.used, own=writer.own)
        typing = replace(typing, captions=captions_of(step.changes, typing), buttons=writer.buttons)
        checks = once_closed(finder, checks_of(finder, changes, typing, stays, writer.ticking), changes)
        checks = [check for check in checks if not finder.reveals(check.statement) and not _names_user(writer, check)]
        page_title, footers = (step.after or step.page).title, texts_of_footers(changes)
        checks = [
            check
            for check in checks
            if typing.stands_in(check.says) or not says_version(check.says, page_title, check.says in footers)
        ]
    if writer.program.step in writer.texts.naming:  # what sounds wrong there says nothing of who was let in
        checks = [check for check in checks if not sounds_wrong(check.says)]
    if (looked_up := _looked_up(step, writer.fixed)) is not None:
        checks = by_what_was_sought(without_found_rows(checks, looked_up), page, looked_up)
    if step.loads:  # of what was on the old page, only what the journey is about says something by being gone
        checks = [check for check in checks if check.kind != "gone" or check.score >= GONE_SCORE_MIN]
    checks += edited_checks(finder, changes, writer.fixed, isinstance(step, FillStep))
    if isinstance(step, FillStep) and not is_secret(step):
        checks += typed_check(writer.finder(step), step)
    if step.after is None or (isinstance(step, GotoStep) and _same(step.url, step.after.url)):
        return checks
    if not _same(step.after.url, step.page.url):
        check = url_check(page, step.after.url, known, step.page.url, writer.varying, writer.fixed)
        if check is not None and urls.origin(step.after.url) == writer.home:
            checks.append(check)
    if step.after.title != step.page.title:
        title = title_check(page, step.after.title, writer.fixed)
        if title is not None:
            checks.append(title)
    return sorted(checks, key=lambda check: -check.score)


def _looked_up(step: Step, typed: Sequence[str]) -> list[str] | None:
    """What was typed and then asked for by the address of the page that came; None where nothing was."""
    asked = new_query_values(step.page.url, step.after.url) if step.after is not None else frozenset()
    found = [text for text in typed if folded(text) in asked]
    return found or None


def what_stayed(writer: Writer, story: Story, place: int) -> list[Check]:
    """What shows after the step of this place that the app kept what was entered, and that a deleted thing has gone."""
    step = story.steps[place]
    finder = Finder(shown_on(writer, step), writer.fixed, writer.hidden, shown=writer.pieces)
    kept = kept_values(finder, story.steps[:place], step)
    instead = (removed_check(finder, story, place), replaced_control(finder, step))
    checks = [*(one for one in instead if one is not None), *kept]
    if place == len(story.steps) - 1:
        checks += search_results(finder, story.steps)
    checks = [check for check in checks if not finder.reveals(check.statement) and not _names_user(writer, check)]
    writer.offered.setdefault(step.event_id, []).extend(check.statement for check in checks)
    return checks


def shown_on(writer: Writer, step: Step) -> Expr:
    """The page that shows what came of the step: the tab that it opened, if it did."""
    return writer.pages[step.tab_id if step.opens_tab is None else step.opens_tab]


def _names_user(writer: Writer, check: Check) -> bool:
    """Whether the check shows the name of the user, where the environment says who that is."""
    says = check.says.casefold()
    return any(
        "@" in name and name.casefold() in says
        for name, expr in writer.credentials.names.items()
        if not isinstance(expr, Literal)
    )


def _same(one: str, other: str) -> bool:
    return addresses.relative(one) == addresses.relative(other)


def outcome(writer: Writer, story: Story, step: Step, known: frozenset[str]) -> list[Check]:
    """The outcome: several checks of different kinds; where the last step changed nothing that the recording knows,
    the state of its field, the address and the texts of the final state. Where the test is amended, more of these."""
    place = len(story.steps) - 1
    own = without_others_rows(step, writer.own) if lets_in(story, place) else step
    offered = [*what_stayed(writer, story, place), *checks_after(writer, own, known)]
    entered = [text for text in writer.entered if text not in writer.credentials.texts]
    offered = with_less_for_boilerplate(offered, story.steps, entered)
    if is_commit(step):
        offered = with_less_for_unchanged(offered, story.steps, entered)
    taken = chosen(offered, CHECKS_LAST, entered_in(story.steps, writer.credentials.texts))
    page = shown_on(writer, step)
    if _saves(story, step):
        taken = _with_whole(writer, page, step, taken, story.steps[:-1])
    if len(taken) < CHECKS_LAST_MIN:
        measured = any(other.changes for other in story.steps)
        more = [
            *_own_state(writer, step),
            *_still_there(writer, story, step, known),
            *([] if measured else _final_texts(page, story, writer.fixed)),
        ]
        taken = [*taken, *[check for check in more if all(check.statement != other.statement for other in taken)]][
            :CHECKS_LAST_MIN
        ]
    if len(taken) < 2:
        taken += where_it_ended(page, writer, story, known, taken)
    if writer.amendments.adds_any:
        state = [*_own_state(writer, step), *_still_there(writer, story, step, known)]
        taken += _added(writer, [*offered, *state, *_final_texts(page, story, writer.fixed)], taken)
    return taken


def lets_in(story: Story, place: int) -> bool:
    """Whether the step of this place signs somebody in: what is listed then, others made."""
    form = password_forms(story.steps, story.network_requests).sent_by(place)
    return form is not None and form.purpose == "sign in" and not form.refused


def _added(writer: Writer, offered: Sequence[Check], taken: Sequence[Check]) -> list[Check]:
    """What a test that is to be strengthened asserts beside what it asserts anyway."""
    known = {flat(check.statement) for check in taken}
    added = {
        flat(check.statement): check
        for check in offered
        if check.score >= SCORE_MIN and flat(check.statement) not in known and _adds(writer, check)
    }
    return list(added.values())[:CHECKS_ADDED]


def _adds(writer: Writer, check: Check) -> bool:
    """By the form in which the test would say it, too."""
    amendments = writer.amendments
    forms = [flat(check.statement), flat(met_before(check, writer.met).statement)]
    return all(map(amendments.adds, forms)) if amendments.thorough else any(map(amendments.adds, forms))


def _saves(story: Story, step: Step) -> bool:
    """Whether the step changed something on the server."""
    sent = (request for request in story.network_requests if request.cause == step.event_id)
    return any(request.method in CHANGING and succeeded(request.status) for request in sent)


def _with_whole(writer: Writer, page: Expr, step: Step, taken: list[Check], before: Sequence[Step]) -> list[Check]:
    """All that was saved, as the page shows it: a number, an address or the beginning of a text don't tell a right
    result from a wrong one."""
    entered = tuple(text for text in writer.fixed if text not in writer.credentials.texts)
    typing = Typing(entered, writer.pieces, emptied=writer.emptied, used=writer.used, own=writer.own)
    typing = replace(typing, captions=captions_of(step.changes, typing), buttons=writer.buttons)
    finder = Finder(page, writer.fixed, writer.hidden)
    changed = changed_row(finder, step.changes, entered, before)
    if changed:
        return [*(one for one in taken if not one.says or not any(one.says in row.says for row in changed)), *changed]
    whole = whole_text(finder, step.changes, typing)
    if whole is None or _names_user(writer, whole) or any(whole.says in check.says for check in taken):
        return taken
    return [*(check for check in taken if not check.says or check.says not in whole.says), whole]


def _still_there(writer: Writer, story: Story, step: Step, known: frozenset[str]) -> list[Check]:
    """What the last step that changed anything brought up, where nothing changed and nobody went elsewhere since."""
    if step.changes or isinstance(step, GotoStep):
        return []
    for earlier in reversed(story.steps[: story.steps.index(step)]):
        if earlier.tab_id != step.tab_id or earlier.after is None or step.after is None:
            return []
        if not _same(earlier.after.url, step.after.url):
            return []
        if earlier.changes:
            checks = checks_after(writer, earlier, known)
            return chosen([check for check in checks if not check.soon and check.kind != "url"], CHECKS_LAST_MIN)
    return []


def where_it_ended(
    page: Expr, writer: Writer, story: Story, known: frozenset[str], taken: Sequence[Check] = ()
) -> list[Check]:
    """The address at the end; where even that isn't known, that there is a page."""
    if any(check.kind == "url" for check in taken):
        return []
    url = story.final_state.url
    ours = url and urls.origin(url) == writer.home
    check = url_check(page, url, known, varying=writer.varying, chosen=writer.fixed) if ours else None
    if check is not None:
        return [check]
    if taken:
        return []
    writer.notes.append("The recording tells nothing of the outcome that could be asserted.")
    return [Check(method(expect(method(page, "locator", "body")), "to_be_visible"), 0, "page")]


def _own_state(writer: Writer, step: Step) -> list[Check]:
    """The state of the field that the last step acted on, where it is still there."""
    if not isinstance(step, (FillStep, SelectStep, CheckStep)) or goes_with_it(step):
        return []
    found = writer.finder(step).best(_as_it_is_now(step))
    if found is None:
        return []
    match step:
        case FillStep():
            if is_secret(step) or len(step.value.text) > 200 or step.target.tag not in ("input", "textarea"):
                return []
            if not isinstance(writer.credentials.names.get(step.value.text, Literal("")), Literal):
                return [Check(method(expect(found.expr), "not_to_have_value", ""), 60, "value")]
            return [Check(method(expect(found.expr), "to_have_value", step.value.text), 60, "value")]
        case SelectStep(options=options):
            if len(options) != 1:
                return []
            return [Check(method(expect(found.expr), "to_have_value", options[0].value), 60, "value")]
        case CheckStep(checked=checked):
            return [Check(method(expect(found.expr), "to_be_checked" if checked else "not_to_be_checked"), 60, "state")]


def _as_it_is_now(step: FillStep | SelectStep | CheckStep) -> Element:
    """What the step acted on, as the page calls it after the step: many a switch is called by what it would do next."""
    name = step.target.name
    renamed = (one for one in step.changes if isinstance(one, TextChanged) and name and one.before == name)
    same = (one.element for one in renamed if one.element.role == step.target.role and one.element.candidates)
    return next(same, counted_after(step.target, step.changes))


def _final_texts(page: Expr, story: Story, fixed: tuple[str, ...]) -> list[Check]:
    out = []
    for text in story.final_state.texts[:6]:
        value = matcher(text, False, fixed)
        if value.expr is not None and len(text) <= 120:
            found = Attr(method(method(page, "get_by_text", value.expr), "filter", visible=True), "first")
            out.append(Check(method(expect(found), "to_be_visible"), 40, "text", text))
    return out
