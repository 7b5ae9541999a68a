"""An element of a page as the recorder saw it, and the ways to find it again.

A locator is data, never a selector string: the test writer alone turns it into code, through one quoting function.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.base import Count, Found, Text, Url, Value


class ByTestId(Value):
    """A test-id attribute, `data-testid` unless `attribute` says otherwise."""

    by: Literal["test_id"] = "test_id"
    value: Found
    attribute: Text = "data-testid"


class ByRole(Value):
    """An ARIA role and, usually, the accessible name. Without `exact` the name matches as Playwright does it:
    any case, any part."""

    by: Literal["role"] = "role"
    role: Text
    name: Text | None = None
    exact: bool = False
    level: Count | None = None


class ByLabel(Value):
    by: Literal["label"] = "label"
    value: Found
    exact: bool = False


class ByPlaceholder(Value):
    by: Literal["placeholder"] = "placeholder"
    value: Found
    exact: bool = False


class ByAltText(Value):
    by: Literal["alt"] = "alt"
    value: Found
    exact: bool = False


class ByText(Value):
    by: Literal["text"] = "text"
    value: Found
    exact: bool = False


class ByTitle(Value):
    by: Literal["title"] = "title"
    value: Found
    exact: bool = False


class ById(Value):
    by: Literal["id"] = "id"
    value: Found


class ByAttribute(Value):
    """`tag[attribute="value"]`: name, type, href, aria-* and the like."""

    by: Literal["attribute"] = "attribute"
    tag: Text
    attribute: Text
    value: Found


class ByTag(Value):
    """The bare tag, optionally with classes that look hand-written."""

    by: Literal["tag"] = "tag"
    tag: Text
    classes: Annotated[tuple[Text, ...], Field(max_length=limits.CLASSES_MAX)] = ()


class PathStep(Value):
    tag: Text
    nth_of_type: Count


class ByPath(Value):
    """The way down from the nearest unique ancestor or the document, as tag and place among its like (from 1)."""

    by: Literal["path"] = "path"
    steps: Annotated[tuple[PathStep, ...], Field(max_length=limits.PATH_STEPS_MAX)]


Locator = Annotated[
    ByTestId | ByRole | ByLabel | ByPlaceholder | ByAltText | ByText | ByTitle | ById | ByAttribute | ByTag | ByPath,
    Field(discriminator="by"),
]


class Scope(Value):
    """An ancestor in which to look: `locator`, narrowed by a text that it has. `count` is how many such ancestors
    the page had."""

    locator: Locator
    has_text: Text | None = None
    count: Count = 1


class Candidate(Value):
    """One way to find an element, and how it fared in the live page at that moment.

    `count` is the number of matches as Playwright would count them (open shadow roots pierced, within `within`),
    `index` the element's own place among them, from 0. `count` 0 means: not measured.
    """

    locator: Locator
    within: Annotated[tuple[Scope, ...], Field(max_length=limits.ANCESTORS_MAX)] = ()
    count: Count = 0
    index: Count = 0


Candidates = Annotated[tuple[Candidate, ...], Field(max_length=limits.CANDIDATES_MAX)]


class Ancestor(Value):
    """A named or otherwise telling ancestor, nearest first."""

    tag: Text
    role: Text | None = None
    name: Text | None = None
    test_id: Text | None = None
    id: Text | None = None


class Element(Value):
    """What was acted on or what changed.

    `name` is the accessible name; `name_from` where it comes from (`content`, `label`, `aria`, `placeholder`, `title`,
    `alt`, `value`, `caption`). `text` is the normalised visible text, cut at TEXT_CHARS_MAX, `text_cut` says so.
    `frames` holds, outermost first, the candidates for each iframe on the way. `masked` says that texts were withheld,
    `covered` that a click on the middle of a checkbox or radio button would meet something else. `form` tells the form
    of a field from others on its page: by its own name, and by that of its first field; `form_holds` says that its
    first text field held something when the user came to it.
    """

    tag: Text = "div"
    type: Text | None = None
    role: Text | None = None
    name: Text | None = None
    name_from: Text | None = None
    text: Text | None = None
    text_cut: bool = False
    label: Text | None = None
    placeholder: Text | None = None
    alt: Text | None = None
    title: Text | None = None
    id: Text | None = None
    name_attribute: Text | None = None
    test_id: Text | None = None
    href: Url | None = None
    autocomplete: Text | None = None
    classes: Annotated[tuple[Text, ...], Field(max_length=limits.CLASSES_MAX)] = ()
    level: Count | None = None
    editable: bool = False
    visible: bool = True
    disabled: bool = False
    checked: bool | None = None
    covered: bool = False
    masked: bool = False
    in_password_form: bool = False
    live: bool = False
    shadow: bool = False
    form: Text = ""
    form_holds: bool = False
    candidates: Candidates = ()
    ancestors: Annotated[tuple[Ancestor, ...], Field(max_length=limits.ANCESTORS_MAX)] = ()
    frames: Annotated[tuple[Candidates, ...], Field(max_length=limits.FRAMES_MAX)] = ()
