"""The recorded ways by which a test finds its elements, and whether they still find them in other sessions."""

import ast
import re
from typing import Final

from pipeline.codegen.amendments import normal
from pipeline.codegen.locators.finder import Finder
from pipeline.codegen.python.expressions import Name, flat
from pipeline.codegen.test_writer import writer_for
from pipeline.flows.trace import Session
from pipeline.proof.repair import locator_of
from pipeline.semantics.object_names import is_row
from pipeline.steps.draft import target_of
from schemas.elements import (
    ByAltText,
    ByAttribute,
    ById,
    ByLabel,
    ByPlaceholder,
    ByRole,
    ByTestId,
    ByText,
    ByTitle,
    Candidate,
    Element,
    Locator,
)
from schemas.generated_tests import GeneratedTest
from schemas.stories import Story

_PAGE: Final = re.compile(r"^\w+")


def used_ways(story: Story, test: GeneratedTest) -> dict[int, Candidate]:
    """For each step of the story the recorded way that the test's code takes to the step's element; steps whose way is
    not a recorded one are left out."""
    writer = writer_for(story)
    finder = Finder(Name("page"), writer.fixed, writer.hidden)
    found: dict[int, Candidate] = {}
    for place, locators in _locators(test).items():
        target = target_of(story.steps[place]) if place < len(story.steps) else None
        root = None if target is None else finder.root(target)
        if target is None or root is None:
            continue
        for candidate in target.candidates:
            way = finder.candidate(root, candidate)
            if way is not None and normal(flat(way.expr)) in locators:
                found[place] = candidate
                break
    return found


def _locators(test: GeneratedTest) -> dict[int, set[str]]:
    """For each step the locators that its statements act on, with the page called `page`."""
    begins = sorted((line, step) for step, line in enumerate(test.step_lines) if line > 0)
    found: dict[int, set[str]] = {}
    for node in ast.walk(ast.parse(test.code)):
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            continue
        step = next((step for line, step in reversed(begins) if line <= node.lineno), None)
        code = ast.unparse(node.value)
        locator = None if step is None or code.startswith("expect(") else locator_of(code)
        if step is not None and locator is not None:
            found.setdefault(step, set()).add(_PAGE.sub("page", locator, count=1))
    return found


def still_finds(way: Candidate, own: Session, other: Session, element: Element) -> bool:
    """Whether a way that found an element in one session finds the same element, and it alone, in another one."""
    ways = other.ways(element)
    loose = way.locator.model_copy(update={"exact": False} if hasattr(way.locator, "exact") else {})
    if own.way(way) in ways or own.alone(loose) in ways:
        return True
    if way.count != 1:
        return True  # a place in a list: that something stands there says nothing about what it is
    mine = own.masked(_words(way.locator))
    for candidate in element.candidates:
        if type(candidate.locator) is type(way.locator) and not candidate.within and not way.within:
            same = other.masked(_words(candidate.locator)) == mine
            if same and candidate.count > 1:
                return False
    scoped = bool(way.within) and not all(map(is_row, way.within))
    return not scoped and _says(way.locator, own, other, element)


def _words(locator: Locator) -> str:
    match locator:
        case ByRole(role=role, name=name):
            return f"{role} {name or ''}"
        case ByLabel(value=value) | ByPlaceholder(value=value) | ByText(value=value) | ByTitle(value=value):
            return value
        case ByAltText(value=value) | ByTestId(value=value) | ById(value=value):
            return value
        case ByAttribute(attribute=attribute, value=value):
            return f"{attribute}={value}"
        case _:
            return ""


def _says(locator: Locator, own: Session, other: Session, element: Element) -> bool:
    """Whether the element has what the locator looks for, as Playwright compares it."""
    match locator:
        case ByRole(role=role, name=name, exact=exact):
            return role == element.role and (name is None or _in(own, name, other, element.name, exact))
        case ByLabel(value=value, exact=exact):
            return _in(own, value, other, element.label, exact)
        case ByPlaceholder(value=value, exact=exact):
            return _in(own, value, other, element.placeholder, exact)
        case ByText(value=value, exact=exact):
            return _in(own, value, other, element.text, exact)
        case ByTitle(value=value, exact=exact):
            return _in(own, value, other, element.title, exact)
        case ByAltText(value=value, exact=exact):
            return _in(own, value, other, element.alt, exact)
        case ByTestId(value=value):
            return value == element.test_id
        case ById(value=value):
            return value == element.id
        case ByAttribute(attribute="name", value=value):
            return value == element.name_attribute
        case _:
            return False


def _in(own: Session, wanted: str, other: Session, text: str | None, exact: bool) -> bool:
    mine, theirs = own.masked(wanted), other.masked(text or "")
    return mine == theirs if exact else bool(mine) and mine.casefold() in theirs.casefold()
