"""What a step means by itself: what its control says and is, where that stands, where it led, what the page answered.

Each answer is found once for a step, when somebody first asks for it, and then stands on the step's `StepMeaning`. Who
reads steps takes that along, and asks neither elements nor addresses again.
"""

from collections.abc import Callable
from typing import Any, Final, Generic, Self, TypeVar, overload
from urllib.parse import unquote

from pipeline.semantics.addresses import (
    ends_with_name,
    new_path_parts,
    path_slugs,
    path_words,
    place,
    query,
    route,
    slug,
    where,
)
from pipeline.semantics.derived import Wording, once_per_step
from pipeline.semantics.elements import in_menu, in_table_row, is_item, is_search, named, row_verb
from pipeline.semantics.messages import errors, headings, messages, shown_texts, succeeded
from pipeline.semantics.path_segments import names_things
from pipeline.semantics.text import caption, clean, is_button, is_link, is_text_field
from pipeline.semantics.urls import join
from pipeline.semantics.verbs import is_password, words_on
from schemas.elements import Element
from schemas.events import Appeared
from schemas.stories import ClickStep, Step

R = TypeVar("R")
_NO_TARGET: Final = Element(tag="")
"""What steps act on that act on no element."""


class _Fact(Generic[R]):
    """An attribute that is computed when it is first asked for, and stands on the object from then on.

    As functools.cached_property, without the lock which that takes in Python 3.11: a story has a hundred of these, and
    two threads would find the same answer.
    """

    def __init__(self, find: Callable[[Any], R]) -> None:
        self._find = find
        self._name = find.__name__
        self.__doc__ = find.__doc__

    @overload
    def __get__(self, owner: None, kind: type[object]) -> Self: ...

    @overload
    def __get__(self, owner: object, kind: type[object]) -> R: ...

    def __get__(self, owner: object | None, kind: type[object]) -> Self | R:
        if owner is None:
            return self
        found: R = self._find(owner)
        owner.__dict__[self._name] = found  # found there from now on, before this is asked
        return found


class StepMeaning:
    """The facts of one step. `target` is what it acted on: an element of no tag where there is none."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.target: Element = getattr(step, "target", None) or _NO_TARGET

    # --- what its control says and is ---

    @_Fact
    def caption(self) -> str:
        """What a person would call the control."""
        return caption(self.target)

    @_Fact
    def name(self) -> str:
        """What is written on the control."""
        return named(self.target)

    @_Fact
    def name_slug(self) -> str:
        return slug(self.name)

    @_Fact
    def text(self) -> str:
        """What stands in the control."""
        return clean(self.target.text)

    @_Fact
    def row_verb(self) -> str:
        """What the control does to its row, by its first word."""
        return row_verb(self.target)

    @_Fact
    def is_button(self) -> bool:
        return is_button(self.target)

    @_Fact
    def is_link(self) -> bool:
        return is_link(self.target)

    @_Fact
    def is_text_field(self) -> bool:
        return is_text_field(self.target)

    @_Fact
    def is_search(self) -> bool:
        """Whether it types what is searched for."""
        return is_search(self.step)

    @_Fact
    def words(self) -> str:
        """All that names the control, the page's words and its own attributes."""
        return words_on(self.target)

    @_Fact
    def field(self) -> tuple[str, ...]:
        """What a field is called, whatever id it has this time."""
        target = self.target
        names = (target.name_attribute or "", clean(target.name or target.label or target.placeholder))
        return names if any(names) else (target.id or "", target.type or "")

    @_Fact
    def is_password(self) -> bool:
        """Whether it types a password."""
        return is_password(self.step)

    def says(self, verb: Wording) -> bool:
        """Whether it is a click on a control whose caption has that verb."""
        return isinstance(self.step, ClickStep) and verb.search(self.caption) is not None

    # --- where it stands ---

    @_Fact
    def in_menu(self) -> bool:
        return in_menu(self.target)

    @_Fact
    def in_table_row(self) -> bool:
        return in_table_row(self.target)

    @_Fact
    def is_item(self) -> bool:
        """Whether it is one of many alike: in a row or list, and not in a menu."""
        return is_item(self.target)

    # --- where it led ---

    @_Fact
    def page_place(self) -> tuple[str, str]:
        """Origin and path of the page on which it was done."""
        return place(self.step.page.url)

    @_Fact
    def page_where(self) -> tuple[str, ...]:
        """The page on which it was done, apart from its query and from a fragment that is no route."""
        return where(self.step.page.url)

    @_Fact
    def after_where(self) -> tuple[str, ...] | None:
        """The page after it likewise; None where that is not known."""
        return None if self.step.after is None else where(self.step.after.url)

    @_Fact
    def page_words(self) -> frozenset[str]:
        """The words of the page's path: what the app itself calls the page."""
        return path_words(self.step.page.url)

    @_Fact
    def page_route(self) -> tuple[str, ...]:
        """The parts of the page's path, or of its hash route."""
        return route(self.step.page.url)

    @_Fact
    def page_slugs(self) -> frozenset[str]:
        """The parts of the page's path, whatever its hash says, as slugs."""
        return path_slugs(self.step.page.url)

    @_Fact
    def after_route(self) -> tuple[str, ...]:
        """The parts of the path of the page after it, or of its hash route; none where that is not known."""
        return () if self.step.after is None else route(self.step.after.url)

    @_Fact
    def after_path(self) -> str:
        """The path of the page after it."""
        return "" if self.step.after is None else place(self.step.after.url)[1]

    @_Fact
    def after_place(self) -> tuple[str, str]:
        """Origin and path of the page after it."""
        return ("", "") if self.step.after is None else place(self.step.after.url)

    @_Fact
    def leads_where_it_says(self) -> bool:
        """Whether a click on a link was followed to the address that the link says."""
        href = self.target.href
        if not (self.leads and href and self.is_link and isinstance(self.step, ClickStep)):
            return False
        return place(join(self.step.page.url, href)) == self.after_place

    @_Fact
    def after_query(self) -> str:
        """The query of the page after it."""
        return "" if self.step.after is None else query(self.step.after.url)

    @_Fact
    def new_path_parts(self) -> frozenset[str]:
        """The parts of the path after it that the page before had not."""
        after = self.step.after
        return frozenset() if after is None else new_path_parts(self.step.page.url, after.url)

    @_Fact
    def leads(self) -> bool:
        """Whether it led to another address that is known."""
        return self.step.navigates and self.step.after is not None

    @_Fact
    def leads_to_place_of_names(self) -> bool:
        """Whether the address that it led to ends where the names of things stand."""
        return self.step.after is not None and ends_with_name(self.step.after.url)

    @_Fact
    def opens_one_of_list(self) -> bool:
        """Whether a link in a table of a list's page leads to a page below that of the list, which is called as the
        link is: on `/queues` to `/queues/main/orders` by `orders`."""
        if not self.leads or not self.in_table_row or self.in_menu:
            return False
        page, thing = self.page_route, self.after_route
        below = bool(page) and len(thing) > len(page) and thing[: len(page)] == page
        return below and names_things(slug(page[-1])) and unquote(thing[-1]) == self.name

    # --- what the page answered ---

    @_Fact
    def headings(self) -> tuple[str, ...]:
        """Headings that newly appeared, the highest level first."""
        return tuple(headings(self.step.changes))

    @_Fact
    def shown(self) -> tuple[str, ...]:
        """The texts that newly show."""
        return tuple(text for _, text in shown_texts(self.step.changes))

    @_Fact
    def messages(self) -> tuple[str, ...]:
        """What the page told the user."""
        return tuple(messages(self.step.changes))

    @_Fact
    def errors(self) -> tuple[str, ...]:
        """Messages of refusal among them."""
        return tuple(errors(self.step.changes))

    @_Fact
    def succeeded(self) -> bool:
        """Whether the page said that something was done."""
        return succeeded(self.step)

    @_Fact
    def brought_dialog(self) -> bool:
        changes = self.step.changes
        return any(isinstance(one, Appeared) and one.element.role == "dialog" for one in changes)


@once_per_step
def meaning_of(step: Step) -> StepMeaning:
    """What a step means by itself."""
    return StepMeaning(step)
