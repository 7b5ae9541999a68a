"""A sign-in that many flows of an app begin with: an exported project does it once for all of them.

What is shared is the sign-in, not the way to it: the same fields of the same form, leading to the same page. A flow
that signs out, that takes a password once more, or that only one other user went through keeps its own.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.activities.classify import activities_of
from pipeline.activities.facts.variables import data_of
from pipeline.codegen.assertions.check import Check
from pipeline.codegen.assertions.outcome import checks_after
from pipeline.codegen.assertions.selection import chosen
from pipeline.codegen.python.allow_list import check_code
from pipeline.codegen.python.expressions import Index, Literal, Or, method
from pipeline.codegen.python.program import Program, Run, module
from pipeline.codegen.test_writer import home_of, write_steps, write_test, writer_for
from pipeline.codegen.values.credentials import credentials, is_secret
from pipeline.flows.consensus import Consensus
from pipeline.semantics.browsers import USUAL, Browser, layout_of, unusual_browser
from pipeline.semantics.verbs import SIGN_OUT, is_password, says
from schemas.events import Page
from schemas.stories import FillStep, GotoStep, Step, Story

FLOWS_MIN: Final = 3
"""Fewer flows than this sign in by themselves: a test that tells all is worth more than the seconds it takes."""
NAMES_MIN: Final = 2
"""A flow that users of so many names went through is nobody's own: whoever signs in can go through it."""
SIGHTS_MAX: Final = 2
"""Things that are looked for to see that the user is signed in."""
SIGN_IN: Final = "sign_in"
SEE_SIGNED_IN: Final = "see_signed_in"
_PASSING: Final = frozenset({"url", "title", "gone", "status", "count", "state", "value", "changed"})
"""Kinds of checks that say nothing of who is signed in, or that hold for a moment only."""


@dataclass(frozen=True, slots=True)
class SharedSignIn:
    """`functions` are the two functions as lines, `uses_re` whether they need that module; `codes` the tests, by id,
    that start after the sign-in."""

    functions: tuple[str, ...]
    uses_re: bool
    codes: Mapping[str, str]
    browser: Browser = USUAL
    """What the browser has in which it is done."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The sign-in that a flow begins with, in its first `steps` steps.

    `alike` is equal where the sign-in is the same; `name` is the login name, `names` counts those of all sessions;
    `goes_on` says that the flow does something afterwards.
    """

    test_id: str
    told: Consensus
    steps: int
    alike: tuple[Hashable, ...]
    name: str
    names: int
    goes_on: bool


def shared_sign_in(
    flows: Mapping[str, Consensus], people: Mapping[str, Mapping[str, int]] | None = None
) -> SharedSignIn | None:
    """The sign-in that most of these flows (by test id) begin with, told by the flow that shows it best; None where
    fewer than FLOWS_MIN could start after it. `people` are the numbers of login names, by test id. Pure: the same flows
    give the same."""
    groups: dict[tuple[Hashable, ...], list[_Beginning]] = {}
    for test_id, told in sorted(flows.items()):
        found = _beginning(test_id, told)
        if found is not None:
            groups.setdefault(found.alike, []).append(found)
    for group in sorted(groups.values(), key=lambda one: (-sum(flow.goes_on for flow in one), one[0].test_id)):
        for teller in sorted(group, key=lambda one: (one.goes_on, -len(one.told.sessions), one.steps, one.test_id)):
            users = [one for one in group if one.goes_on and (one.name == teller.name or one.names >= NAMES_MIN)]
            programs = _programs(teller, (people or {}).get(teller.test_id)) if len(users) >= FLOWS_MIN else None
            if programs is not None:
                return replace(_shared(programs, users), browser=unusual_browser(teller.told.story))
    return None


def _shared(programs: tuple[Program, Program], users: Sequence[_Beginning]) -> SharedSignIn:
    signing_in = programs[0].function(SIGN_IN, "Sign in as the user that the tests are run as.")
    seeing = programs[1].function(SEE_SIGNED_IN, "See that the page knows the user.")
    functions = (*signing_in, "", "", *seeing)
    code = module(programs, functions)
    check_code(code, (SIGN_IN, SEE_SIGNED_IN))
    codes = {
        one.test_id: write_test(
            one.told.story, one.told.parameters, one.steps, one.told.fixed, unique=one.told.unique
        ).code
        for one in users
    }
    return SharedSignIn(functions, "\nimport re\n" in f"\n{code}", codes)


def _beginning(test_id: str, told: Consensus) -> _Beginning | None:
    """The sign-in at the beginning of a flow, if nothing was done before it and nothing undoes it later."""
    story = told.story
    found = activities_of(story.steps, story.network_requests, Page(url=story.final_state.url))
    first = found.done[0] if found.done else None
    if first is None or first.kind != "sign in" or first.outcome:
        return None
    end = first.steps[-1] + 1
    before, later, submit = story.steps[:end], story.steps[end:], story.steps[end - 1]
    if submit.after is None or submit.opens_tab is not None or any(is_password(step) for step in later):
        return None
    if any(says(step, SIGN_OUT) for step in story.steps) or len({step.tab_id for step in story.steps[: end + 1]}) > 1:
        return None
    if _login_name(story, before) is None:
        return None
    led_to = data_of(before).place(submit.after.url)
    # Names as they were typed: those of the told story may be made up, another one in each flow.
    names = {session.id: _login_name(session, session.steps) for session in told.sessions}
    name = names[story.id] or ""
    goes_on = bool(later) and (len(found.done) > 1 or bool(found.end))
    alike = (story.app, home_of(story), first.fields, led_to, layout_of(story))
    return _Beginning(test_id, told, end, alike, name, len({*names.values()} - {None}), goes_on)


def _login_name(story: Story, before: Sequence[Step]) -> str | None:
    """Who signs in ("" where only a password is asked for); None where the environment can't say who it is."""
    known = credentials(story.steps, story.network_requests)
    for step in before:
        if isinstance(step, FillStep) and is_secret(step):
            found = known.passwords.get(step.event_id)
            if not isinstance(found, Index) or found.key != Literal("APP_PASSWORD"):
                return None
    if any(not isinstance(expr, Or) for expr in known.names.values()):
        return None
    return next(iter(known.names), "")


def _programs(teller: _Beginning, people: Mapping[str, int] | None) -> tuple[Program, Program] | None:
    """How to sign in, and how to see that one is; None where the page shows nothing by which to see it."""
    story, submit = teller.told.story, teller.told.story.steps[teller.steps - 1]
    writer = writer_for(story, people=people)
    if not isinstance(story.steps[0], GotoStep):
        url = story.initial_state.url or story.steps[0].page.url
        writer.program.act(Run(method(writer.page_of(story.steps[0]), "goto", writer.place(url))))
    write_steps(writer, story, 0, teller.steps)
    earlier = {
        repr(check.statement)
        for step in story.steps[: teller.steps - 1]
        for check in checks_after(writer, step, frozenset())
    }
    sights = [check for check in checks_after(writer, submit, frozenset()) if _tells(check, earlier)]
    seeing = Program()
    for check in chosen(sights, SIGHTS_MAX):
        seeing.check(Run(check.statement))
    return (writer.program, seeing) if seeing.body else None


def _tells(check: Check, earlier: set[str]) -> bool:
    """Whether it holds as long as the user is signed in, and not before."""
    return check.kind not in _PASSING and not check.soon and repr(check.statement) not in earlier
