"""An element of a page as the recorder saw it, and the ways to find it again.

A locator is data, never a selector string: the test writer alone turns it into code, through one quoting function.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Value


class ByTestId(Value):
    """A test-id attribute, `data-testid` unless `attribute` says otherwise."""

    by: Literal["test_id"] = "test_id"
    value: str
    attribute: str = "data-testid"


class ByRole(Value):
    """An ARIA role and, usually, the accessible name. Without `exact` the name matches as Playwright does it:
    any case, any part."""

    by: Literal["role"] = "role"
    role: str
    name: str | None = None
    exact: bool = False
    level: int | None = None


class ByLabel(Value):
    by: Literal["label"] = "label"
    value: str
    exact: bool = False


class ByPlaceholder(Value):
    by: Literal["placeholder"] = "placeholder"
    value: str
    exact: bool = False


class ByAltText(Value):
    by: Literal["alt"] = "alt"
    value: str
    exact: bool = False


class ByText(Value):
    by: Literal["text"] = "text"
    value: str
    exact: bool = False


class ByTitle(Value):
    by: Literal["title"] = "title"
    value: str
    exact: bool = False


class ById(Value):
    by: Literal["id"] = "id"
    value: str


class ByAttribute(Value):
    """`tag[attribute="value"]`: name, type, href, aria-* and the like."""

    by: Literal["attribute"] = "attribute"
    tag: str
    attribute: str
    value: str


class ByTag(Value):
    """The bare tag, optionally with classes that look hand-written."""

    by: Literal["tag"] = "tag"
    tag: str
    classes: tuple[str, ...] = ()


class PathStep(Value):
    tag: str
    nth_of_type: int


class ByPath(Value):
    """The way down from the nearest unique ancestor or the document, as tag and place among its like (from 1)."""

    by: Literal["path"] = "path"
    steps: tuple[PathStep, ...]


Locator = Annotated[
    ByTestId | ByRole | ByLabel | ByPlaceholder | ByAltText | ByText | ByTitle | ById | ByAttribute | ByTag | ByPath,
    Field(discriminator="by"),
]


class Scope(Value):
    """An ancestor in which to look: `locator`, narrowed by a text that it has. `count` is how many such ancestors
    the page had."""

    locator: Locator
    has_text: str | None = None
    count: int = 1


class Candidate(Value):
    """One way to find an element, and how it fared in the live page at that moment.

    `count` is the number of matches as Playwright would count them (open shadow roots pierced, within `within`),
    `index` the element's own place among them, from 0. `count` 0 means: not measured.
    """

    locator: Locator
    within: tuple[Scope, ...] = ()
    count: int = 0
    index: int = 0


class Ancestor(Value):
    """A named or otherwise telling ancestor, nearest first."""

    tag: str
    role: str | None = None
    name: str | None = None
    test_id: str | None = None
    id: str | None = None


class Element(Value):
    """What was acted on or what changed.

    `name` is the accessible name; `name_from` where it comes from (`content`, `label`, `aria`, `placeholder`, `title`,
    `alt`, `value`, `caption`). `text` is the normalised visible text, cut at TEXT_CHARS_MAX, `text_cut` says so.
    `frames` holds, outermost first, the candidates for each iframe on the way. `masked` says that texts were withheld,
    `covered` that a click on the middle of a checkbox or radio button would meet something else. `form` tells the form
    of a field from others on its page: by its own name, and by that of its first field; `form_holds` says that its
    first text field held something when the user came to it.
    """

    tag: str = "div"
    type: str | None = None
    role: str | None = None
    name: str | None = None
    name_from: str | None = None
    text: str | None = None
    text_cut: bool = False
    label: str | None = None
    placeholder: str | None = None
    alt: str | None = None
    title: str | None = None
    id: str | None = None
    name_attribute: str | None = None
    test_id: str | None = None
    href: str | None = None
    autocomplete: str | None = None
    classes: tuple[str, ...] = ()
    level: int | None = None
    editable: bool = False
    visible: bool = True
    disabled: bool = False
    checked: bool | None = None
    covered: bool = False
    masked: bool = False
    in_password_form: bool = False
    live: bool = False
    shadow: bool = False
    form: str = ""
    form_holds: bool = False
    candidates: tuple[Candidate, ...] = ()
    ancestors: tuple[Ancestor, ...] = ()
    frames: tuple[tuple[Candidate, ...], ...] = ()
