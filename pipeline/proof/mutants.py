"""Which ways of breaking an app a test must notice, from what its story recorded.

A mutant is described as data; the runner applies it in the browser and on the wire. Nothing of the app's files changes.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pipeline.semantics.text import clean
from schemas.generated_tests import GeneratedTest
from schemas.stories import ClickStep, FillStep, NetworkRequest, PressStep, Story
from schemas.verdicts import MutantKind

TEXTS_MAX: Final = 20
"""Texts that one mutant changes."""
TEXT_CHARS_MIN: Final = 3
"""Shorter texts stand in too many places."""
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_GONE: Final = (".to_be_hidden()", ".to_have_count(0)")
"""How a test says that something is not there."""
_ACTS: Final = frozenset({"Enter", " "})


@dataclass(frozen=True, slots=True)
class Request:
    """Requests of one kind: the method, and the path as its segments, "" for one that may be anything."""

    method: str
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One way to break the app from step `step` on (from 0). `request` is what it does something to, `texts` what it
    changes where it is shown or sent; which of them are used depends on the kind."""

    kind: MutantKind
    step: int
    request: Request | None = None
    texts: tuple[str, ...] = ()


def mutants_of(story: Story, test: GeneratedTest) -> tuple[Mutant, ...]:
    """The mutants that a test of this story should notice, in the order of their kinds."""
    if not story.steps:
        return ()
    last = len(story.steps) - 1
    found: list[Mutant] = []
    write = _write(story)
    if write is not None:
        step, request = write
        typed = _typed(story)
        found += [Mutant("server_error", step, request), Mutant("lost_request", step, request)]
        if typed:
            found.append(Mutant("altered_value", step, request, typed))
        found.append(Mutant("stale_answer", step, request))
    texts = asserted_texts(test)
    if texts:
        found += [Mutant("missing_text", last, texts=texts), Mutant("wrong_text", last, texts=texts)]
    ending = story.steps[last]
    if isinstance(ending, ClickStep) or (isinstance(ending, PressStep) and ending.key in _ACTS):
        found.append(Mutant("dead_control", last))
    return tuple(found)


def _write(story: Story) -> tuple[int, Request] | None:
    """The last request that changed something because of a step, and that step."""
    places = {step.event_id: place for place, step in enumerate(story.steps)}
    writes = [
        (places[request.cause], request)
        for request in story.network_requests
        if request.method.upper() not in _READS and request.cause in places
    ]
    if not writes:
        return None
    step, request = max(writes, key=lambda one: one[0])
    return step, _kind(request)


def _kind(request: NetworkRequest) -> Request:
    segments = tuple(
        "" if any(char.isdigit() for char in one) else one for one in urlsplit(request.url).path.split("/")
    )
    return Request(request.method.upper(), segments)


def _typed(story: Story) -> tuple[str, ...]:
    values = (step.value.text for step in story.steps if isinstance(step, FillStep) and not step.value.secret)
    return _telling(clean(value) for value in values)


def asserted_texts(test: GeneratedTest) -> tuple[str, ...]:
    """The texts that the assertions of the last step look for: what the test says its user saw in the end, and not what
    was gone then."""
    begins = [line for line in test.step_lines if line > 0]
    if not begins:
        return ()
    expects = [
        node.value
        for node in ast.walk(ast.parse(test.code))
        if isinstance(node, ast.Expr) and node.lineno > begins[-1] and _says_shown(node.value)
    ]
    constants = (
        node.value
        for expect in expects
        for node in ast.walk(expect)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    roles = {
        call.args[0].value
        for expect in expects
        for call in ast.walk(expect)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("get_by_role", "locator", "to_have_url", "to_have_attribute", "get_by_test_id")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    return _telling(text for text in constants if text not in roles)


def _says_shown(statement: ast.expr) -> bool:
    """Whether a statement expects something to be there: where it is to be gone, no other text would break that."""
    code = ast.unparse(statement)
    return "expect(" in code and not code.endswith(_GONE)


def _telling(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if len(text.strip()) >= TEXT_CHARS_MIN))[:TEXTS_MAX]
