"""A story written as a test: the steps, and after each what it must have changed."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.activities.forms.password_forms import password_forms
from pipeline.codegen import addresses
from pipeline.codegen.actions import Writer
from pipeline.codegen.amendments import NONE, Amendments
from pipeline.codegen.assertions.between import between, chain_of
from pipeline.codegen.assertions.check import Check
from pipeline.codegen.assertions.lists.own_lists import own_counts
from pipeline.codegen.assertions.outcome import (
    autosave,
    outcome,
    saved_before_leaving,
    saving_request,
    where_it_ended,
)
from pipeline.codegen.assertions.salience import Typing, captions_of, empties, pieces_of
from pipeline.codegen.assertions.selection import met_before
from pipeline.codegen.assertions.still_standing import still_standing
from pipeline.codegen.expected_requests import ExpectedRequest
from pipeline.codegen.gestures import without_idle_places
from pipeline.codegen.locators.finder import PATH_SCORE, expect
from pipeline.codegen.locators.held_values import by_steady_names
from pipeline.codegen.locators.numbered_rows import by_words_of_rows
from pipeline.codegen.menus import reached_by_hovering
from pipeline.codegen.pace import held_clicks, into_editors_at_rest, leaving_choices
from pipeline.codegen.page_data import page_data
from pipeline.codegen.python import names
from pipeline.codegen.python.allow_list import check_code
from pipeline.codegen.python.expressions import Attr, Expr, flat, method
from pipeline.codegen.python.program import Assert, Program, Remark, Run
from pipeline.codegen.python.remarks import add_remarks
from pipeline.codegen.python.shared_locators import share_locators
from pipeline.codegen.redrawn import without_redrawn
from pipeline.codegen.tickers import ticking
from pipeline.codegen.typing import after_removed_fields, written_by_buttons
from pipeline.codegen.values.credentials import credentials, is_secret, only_typed
from pipeline.codegen.values.needs import makes_of, needs_of
from pipeline.codegen.values.own_texts import own_texts
from pipeline.codegen.values.readings import before_secret, readings
from pipeline.codegen.write_order import saved_before_next_write
from pipeline.flows.ids import flow_id
from pipeline.flows.ids import test_id as id_of_test
from pipeline.semantics import urls
from pipeline.semantics.browsers import unusual_browser
from pipeline.semantics.controls import prompt_answers
from pipeline.semantics.text import is_editor, is_link
from pipeline.stories.page_states import final_state
from pipeline.stories.size_limit import ENVELOPE_BYTES, opened_only
from schemas import limits
from schemas.codecs import to_json
from schemas.events import Gone, StateChanged
from schemas.generated_tests import GeneratedTest, Parameter
from schemas.stories import BackStep, CheckStep, ClickStep, FillStep, GotoStep, ReloadStep, SelectStep, Step, Story

ITEMS: Final = frozenset({"gridcell", "cell", "row", "option", "treeitem", "menuitem", "listitem"})
LEAVES: Final = (GotoStep, ReloadStep, BackStep)
TEST_BYTES_MAX: Final = limits.MESSAGE_BYTES_MAX - ENVELOPE_BYTES
"""A test as JSON, and its code once more as Avro repeats it."""
SIGNED_IN_PAGE: Final = "signed_in_page"
"""The fixture of an exported project that gives a page on which the user has just signed in."""


def write_test(
    story: Story,
    parameters: tuple[Parameter, ...] = (),
    signed_in: int = 0,
    fixed: frozenset[Hashable] = frozenset(),
    people: Mapping[str, int] | None = None,
    amendments: Amendments = NONE,
    unique: tuple[str, ...] = (),
) -> GeneratedTest:
    """The Playwright test of a story. Equal stories give equal bytes.

    `parameters` are values that the story typed, with those of other sessions; where one of them stands in a place
    where it can't be put together, the test has the story's own values alone. `signed_in` is the number of steps, from
    the first on, that have been done on the page that the test gets: those up to a sign-in. `fixed` are the assertions
    that hold as they are in each row, though a value stands in them. `people` are the numbers of login names in the
    project that the test is for; alone it numbers them itself. `amendments` are those of a repair. `unique` are names
    that the story gave and that the test makes unique in each run.

    A test that would be too large for a message tells fewer of the steps, and says so in its docstring and its notes.
    """
    steps = without_idle_places(without_redrawn(by_words_of_rows(by_steady_names(story.steps))))
    if steps != story.steps:
        story = story.model_copy(update={"steps": steps})
    written = (
        _written(cut, signed_in, fixed, people, amendments, unique) for cut in _cuts(story, parameters, signed_in)
    )
    test = next(test for test in written if test is not None)
    check_code(test.code)
    return test


@dataclass(frozen=True, slots=True)
class _Cut:
    """What a test is to be written of; `told` says what was left out of the story for its size."""

    story: Story
    parameters: tuple[Parameter, ...] = ()
    told: str = ""


def _cuts(story: Story, parameters: tuple[Parameter, ...], signed_in: int) -> Iterator[_Cut]:
    """The story as it is, and then ever less of it; the last one gives a test that has room whatever it says."""
    yield _Cut(story, parameters)
    if parameters:
        yield _Cut(story, (), "It has the values of one session only, for it was too large.")
    count = len(story.steps)
    while (count := count // 2) > signed_in:
        last = story.steps[count - 1]
        steps = story.steps[:count]
        ending = final_state(steps, last.after or last.page)
        told = f"It ends after {count} of {len(story.steps)} steps, for it was too large."
        yield _Cut(story.model_copy(update={"steps": steps, "final_state": ending}), (), told)
    least = opened_only(story) if story.steps else story
    yield _Cut(
        least.model_copy(update={"final_state": least.initial_state}), (), "It opens the page, for it was too large."
    )


def _written(
    cut: _Cut,
    signed_in: int,
    fixed: frozenset[Hashable],
    people: Mapping[str, int] | None,
    amendments: Amendments,
    unique: tuple[str, ...],
    keeps_names: bool = True,
) -> GeneratedTest | None:
    """The test; None where it is too large. `keeps_names` leaves a login name that the pages show as recorded, for what
    the test asserts may depend on it; where nothing does, the test is written again without."""
    story, parameters = cut.story, cut.parameters
    if signed_in >= len(story.steps):
        signed_in = 0
    writer = writer_for(story, SIGNED_IN_PAGE if signed_in else "page", people, keeps_names)
    told = writer.credentials
    if not signed_in and (not story.steps or not isinstance(story.steps[0], GotoStep)):
        url = story.initial_state.url or (story.steps[0].page.url if story.steps else "/")
        writer.program.act(Run(method(_first_page(writer, story), "goto", writer.place(url))))
    writer.varying = frozenset([*unique, *(value for parameter in parameters for value in parameter.values)])
    writer.fixed_checks = fixed
    writer.amendments = amendments
    write_steps(writer, story, signed_in, len(story.steps))
    share_locators(writer.program)
    writer.program.bind(parameters)
    writer.program.make_unique(unique)
    writer.program.browser = unusual_browser(story)
    add_remarks(writer.program)
    program, name = writer.program, names.function_name(story.title)
    docstring = names.sentence(story.sentence or story.title, story.title)
    docstring = f"{docstring} {cut.told}".rstrip()
    needs = writer.needs
    told_needs = [names.sentence("Needs " + ", ".join(f"'{need.name}'" for need in needs), "")] if needs else []
    not_repeated = (*told_needs, *dict.fromkeys(writer.not_repeated))
    code, step_lines = program.file(name, docstring, not_repeated, len(story.steps))
    if keeps_names and only_typed(told, "\n".join((*program.actions, *program.assertions))):
        return _written(cut, signed_in, fixed, people, amendments, unique, keeps_names=False)
    code_bytes = len(code.encode())
    if code_bytes > limits.CODE_BYTES_MAX:
        return None
    flow = flow_id(story.app, story.flow_key)
    notes = dict.fromkeys((*([cut.told] if cut.told else []), *story.notes, *writer.notes))
    test = GeneratedTest(
        id=id_of_test(story.app, flow),
        version=story.version,
        app=story.app,
        flow_id=flow,
        story_id=story.id,
        session_id=story.session_id,
        name=name,
        file_name=f"{name}.py",
        title=story.title,
        story=story.sentence or story.title,
        tags=story.tags,
        steps=tuple(step.said for step in story.steps if step.said),
        actions=tuple(program.actions),
        assertions=tuple(program.assertions),
        code=code,
        step_lines=step_lines,
        parameters=program.parameters,
        needs=needs,
        makes=makes_of(story),
        environment=tuple(dict.fromkeys(name for name in told.variables if f'"{name}"' in code)),
        notes=tuple(notes)[: limits.STORY_NOTES_MAX - 1],
    )
    return test if len(to_json(test)) + code_bytes <= TEST_BYTES_MAX else None


def writer_for(
    story: Story, page: str = "page", people: Mapping[str, int] | None = None, keeps_names: bool = True
) -> Writer:
    """What writes the steps of a story, into a program that begins with a page of this name."""
    told = credentials(story.steps, story.network_requests, people, keeps_names)
    program = Program(page=page)
    hidden, shapes, made = _hidden(story.steps), ticking(story.steps), readings(story.steps)
    read = {reading.value for reading in made}
    typed = tuple(text for text in _typed(story.steps) if text not in read)
    writer = Writer(
        program, told, home_of(story), typed, hidden, shapes, pieces_of(story.steps, typed), empties(story.steps)
    )
    writer.after_removed = after_removed_fields(story.steps)
    writer.by_buttons = written_by_buttons(story.steps, told.names, read)
    forms = password_forms(story.steps, story.network_requests)
    writer.texts = own_texts(story.steps, [_typed((step,)) for step in story.steps], forms, told.names)
    writer.at_rest, writer.held = into_editors_at_rest(story.steps), held_clicks(story.steps)
    writer.leaving = leaving_choices(story.steps)
    writer.readings, writer.needs, writer.own_counts = made, needs_of(story), own_counts(story.steps)
    writer.standing, writer.outer = still_standing(story.steps), reached_by_hovering(story.steps)
    changes = (change for step in story.steps for change in step.changes)
    writer.buttons = captions_of(changes, Typing(typed, used=writer.used))
    writer.notes += told.notes
    return writer


def _first_page(writer: Writer, story: Story) -> Expr:
    return writer.page_of(story.steps[0]) if story.steps else writer.main


def home_of(story: Story) -> str:
    """The origin that base_url stands for: that of the first page."""
    pages = [step.url if isinstance(step, GotoStep) else step.page.url for step in story.steps]
    return next((found for found in map(urls.origin, [*pages[:1], story.initial_state.url, *pages]) if found), "")


def _typed(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """What the story itself put into the page: fixed texts, however volatile they look."""
    out: list[str] = []
    for step in steps:
        if isinstance(step, FillStep) and not is_secret(step):
            added = (
                step.value.text[len(step.before) :]
                if step.before and step.value.text.startswith(step.before)
                else step.value.text
            )
            pressed = [stroke.text for stroke in step.keys] if step.by_keys else []
            whole = [] if is_editor(step.target) else [step.value.text]
            out += [line.strip() for text in (added, *pressed, *whole) for line in text.splitlines() if line.strip()]
        elif isinstance(step, SelectStep):
            out += [option.label for option in step.options if option.label]
        out += prompt_answers(step)
    return tuple(dict.fromkeys(out))


def _hidden(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """What stands right before secrets that the pages show."""
    shown = (step.value.shown_in for step in steps if isinstance(step, FillStep))
    return tuple(before_secret(one) for one in shown if one is not None and one.before)


def write_steps(writer: Writer, story: Story, first: int, end: int) -> None:
    """Writes the steps from `first` to before `end` with their checks. Whatever can't be written, a program that goes
    to the story's end ends with assertions."""
    known: frozenset[str] = addresses.segments_of(story.initial_state.url)
    last = len(story.steps) - 1
    finished = False
    for place, step in enumerate(story.steps):
        if isinstance(step, GotoStep):
            known |= addresses.segments_of(step.url)
        if not first <= place < end:
            continue
        writer.program.step = place
        writer.last = place == last
        if isinstance(step, GotoStep):
            writer.program.pause()
        writer.requested = _awaited(writer, story, place)
        _settle(writer, story.steps[place - 1] if place else None, step)
        if not writer.write(step):
            continue
        if step.navigates or isinstance(step, GotoStep):
            writer.met.clear()
            writer.told.clear()
        finished = place == last
        checks = outcome(writer, story, step, known) if finished else between(writer, story, place, known)
        for requested in [one for one in writer.requested if one.status is not None]:
            answered = requested.answered(Attr(writer.last_variable("response_info"), "value"))
            writer.program.check(Assert(answered))
        ending = re.search(r"\.\w{1,5}$", step.download or "")
        if ending is not None:
            # The server's own name for the file goes before the link's, and no page can see it: only the kind is sure.
            name = Attr(Attr(writer.last_variable("download_info"), "value"), "suggested_filename")
            writer.program.check(Assert(method(name, "endswith", ending[0])))
        _assert(writer, step, checks)
        writer.read_after(step, place)
        following = story.steps[place + 1] if place + 1 < end else None
        if following is not None:
            _await_page(writer, step, following)
        if checks and place != last:
            writer.program.pause()
    if story.steps and not finished and end > last:
        writer.last = True
        _assert(writer, story.steps[last], where_it_ended(_first_page(writer, story), writer, story, known))


def _awaited(writer: Writer, story: Story, place: int) -> tuple[ExpectedRequest, ...]:
    """The requests that the step of this place must have caused before the test goes on."""
    step = story.steps[place]
    upcoming = story.steps[place + 1] if place + 1 < len(story.steps) else None
    if upcoming is None:
        saving = saving_request(story, step, writer.fixed, writer.varying)
        if saving is not None:
            return (saving,)
    elif isinstance(upcoming, LEAVES) or upcoming.navigates:
        left = saved_before_leaving(story, step, upcoming, writer.varying)
        if left:
            return left
    if upcoming is not None and (written := saved_before_next_write(story, place, writer.varying)):
        return written
    typed = isinstance(step, FillStep) and step.value.text in writer.varying
    found = None if typed else autosave(step)
    return (found,) if found is not None else page_data(story, place, writer.varying)


def _settle(writer: Writer, before: Step | None, step: Step) -> None:
    """Waits until one alone is left of what is to be clicked: where the items of a calendar, a list or a table were
    swapped, the old ones may stand beside the new ones for as long as they slide."""
    if (
        before is None
        or not isinstance(step, ClickStep)
        or before.tab_id != step.tab_id
        or step.target.role not in ITEMS
    ):
        return
    swapped = any(isinstance(change, Gone) and change.element.role == step.target.role for change in before.changes)
    found = writer.finder(step).best(step.target) if swapped else None
    if found is not None and found.unique and found.score < PATH_SCORE:
        writer.program.check(Run(method(expect(found.expr), "to_have_count", 1)))


def _waits_to_load(step: Step, following: Step) -> bool:
    """Whether the next step needs more of the page than what is seen of it: a field or a button that shows before the
    page's script has come takes what is typed, and the script never learns of it. A link needs no script."""
    came = step.opens_tab == following.tab_id if step.opens_tab is not None else step.loads
    if not came or isinstance(step, GotoStep | ReloadStep | BackStep) or isinstance(following, GotoStep):
        return False
    return not (isinstance(following, ClickStep) and following.loads and is_link(following.target))


def _await_page(writer: Writer, step: Step, following: Step) -> None:
    """Waits until the next step can use the page that came by this one."""
    if _waits_to_load(step, following):
        writer.program.act(Run(method(writer.page_of(following), "wait_for_load_state")))
    _await_script(writer, step, following)


def _await_script(writer: Writer, step: Step, following: Step) -> None:
    """Waits until a new page has disabled the control that the next step enables by entering something: before, what is
    typed reaches no script, and the control stays as it is."""
    came = step.loads or isinstance(step, GotoStep | ReloadStep)
    if not came or not isinstance(following, FillStep | SelectStep | CheckStep) or following.tab_id != step.tab_id:
        return
    for change in following.changes:
        if isinstance(change, StateChanged) and change.state == "disabled" and not change.after:
            found = writer.finder(following).best(change.element)
            if found is not None and found.unique and found.score < PATH_SCORE:
                writer.program.act(Remark("The page's script has loaded once this is disabled."))
                writer.program.check(Run(method(expect(found.expr), "to_be_disabled")))
                return


def _assert(writer: Writer, step: Step, checks: list[Check]) -> None:
    for check in checks:
        if not writer.last and writer.amendments.drops(flat(check.statement)):
            continue
        if not writer.last and flat(check.statement) in writer.told:
            continue  # asserted before in this document
        writer.told.add(flat(check.statement))
        writer.asserted.append((step.event_id, check.statement))
        if check.before is not None:
            writer.program.check(Run(check.before))
        same = check.statement in writer.fixed_checks
        writer.program.check(Run(met_before(check, writer.met).statement, same))
        writer.met |= {flat(subject.args[0]) for subject in chain_of(check.statement)}
        if check.kind == "value":
            writer.waited |= {flat(call.args[0]) for call in chain_of(check.statement)}
