"""Words for people: texts of a page made presentable, elements named as a person would, verbs in the third person."""

import re
import unicodedata
from typing import Final

from pipeline.semantics.derived import once_per_element, once_per_text
from pipeline.semantics.lexicon import WORDS
from schemas.elements import Element

QUOTE_CHARS_MAX: Final = 60
"""Length of a text that is quoted in a title or in a step's line."""

ROLE_WORDS: Final = {
    "link": "link",
    "button": "button",
    "tab": "tab",
    "menuitem": "menu item",
    "menuitemcheckbox": "menu item",
    "menuitemradio": "menu item",
    "option": "option",
    "row": "row",
    "cell": "cell",
    "gridcell": "cell",
    "columnheader": "column",
    "treeitem": "item",
    "listitem": "item",
    "heading": "heading",
    "img": "image",
    "image": "image",
    "checkbox": "box",
    "radio": "choice",
    "switch": "switch",
    "slider": "slider",
    "combobox": "list",
    "listbox": "list",
    "textbox": "field",
    "searchbox": "search field",
    "spinbutton": "field",
    "dialog": "dialog",
}
TAG_WORDS: Final = {
    "a": "link",
    "button": "button",
    "input": "field",
    "textarea": "field",
    "select": "list",
    "img": "image",
    "svg": "image",
    "canvas": "canvas",
    "label": "label",
    "tr": "row",
    "td": "cell",
    "li": "item",
    "summary": "section",
    "iframe": "frame",
}
FIELD_ROLES: Final = frozenset({"textbox", "searchbox", "combobox", "spinbutton"})
BOX_ROLES: Final = frozenset({"checkbox", "radio", "switch"})
MENU_ITEM_ROLES: Final = frozenset({"menuitem", "menuitemcheckbox", "menuitemradio"})
INTERACTIVE_ROLES: Final = (
    FIELD_ROLES
    | MENU_ITEM_ROLES
    | frozenset(
        {
            "button",
            "link",
            "checkbox",
            "radio",
            "switch",
            "tab",
            "option",
            "treeitem",
            "slider",
            "listbox",
            "gridcell",
        }
    )
)
INTERACTIVE_TAGS: Final = frozenset(
    {"a", "button", "input", "select", "textarea", "summary", "option", "label", "area"}
)
_BUTTON_TYPES: Final = frozenset({"submit", "button", "reset", "image"})
_TEXTLESS_TYPES: Final = _BUTTON_TYPES | frozenset({"checkbox", "radio", "file", "range", "color", "hidden"})
_MADE_UP: Final = re.compile(r"[:«»]|_r_\w+_|\d{3}")
"""Attributes that a framework made: no words for people."""
_COUNTED: Final = re.compile(r"[_-]\d+\Z")
"""How ids end that a library counts on: what the field is sent as tells more."""
_A_WORD: Final = re.compile(r"[^\W\d_]{3}")
_HELD: Final = r"(?:ctrl|control|strg|alt|option|shift|umschalt|mayús|maj|meta|cmd|command|win)"
_SHORTCUT: Final = re.compile(
    rf"{_HELD}(?:\s*[+-]\s*{_HELD}){{0,3}}(?:\s*[+-]\s*[^\W_]{{1,9}})?|[⌘⌥⇧⌃]{{1,4}}\s?\w?", re.I
)
_NUMBERED_ROW: Final = WORDS["numbered_row"]
_JOINT: Final = re.compile(r"[a-z]{2}[A-Z][a-z]|[.!?:][A-Z][a-z]|[a-z]\d[A-Z][a-z]")
_PRESSED: Final = (
    rf"(?:{_HELD}(?:\s?\+\s?{_HELD}){{0,3}}\s?\+\s?[^\s()]{{1,12}}|[⌘⌥⇧⌃](?:\+?[⌘⌥⇧⌃]){{0,3}}\+?[^\s()]{{1,8}})"
)
_KEY: Final = re.compile(rf"\s?\[\w\]$|\s?\({_PRESSED}\)$", re.I)
"""The key that presses a control, as captions end with it: `[e]`, `(Ctrl+D)`, `(⌘S)`."""
_KEY_BESIDE: Final = re.compile(rf"\s{_PRESSED}$", re.I)
"""The same beside what an entry of a menu or a button does: `Duplicate Ctrl+D`."""
_EXPLAINED: Final = re.compile(r"^([^:.!?]{2,40}):\s+(?:[^\s:]+\s+){3,}[^\s:]*[.!]$")
"""A name with a whole sentence behind it."""
_WORDY = re.compile(r"[^\W_]{2}")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@once_per_text
def clean(text: str | None) -> str:
    """The text on one line: white space collapsed, control and formatting characters dropped."""
    if not text:
        return ""
    if text.isprintable():
        return " ".join(text.split())
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or _printable(char))
    return " ".join(kept.split())


def _printable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


@once_per_text
def short(text: str | None, chars_max: int = QUOTE_CHARS_MAX) -> str:
    """The text on one line, cut at a word where it is longer than `chars_max`."""
    line = clean(text)
    if len(line) <= chars_max:
        return line
    head = line[: chars_max - 1]
    whole_words = head.rsplit(" ", 1)[0]
    return (whole_words if len(whole_words) > chars_max // 2 else head).rstrip(" ,;:.") + "…"


def is_name(text: str) -> bool:
    """Whether a thing can be called so: it has a letter or a digit. A sign on a button is no name, nor are blanks."""
    return any(char.isalnum() for char in text)


def quoted(text: str | None, chars_max: int = QUOTE_CHARS_MAX) -> str:
    """The text in quotation marks: double ones where it has single ones itself."""
    line = short(text, chars_max)
    return f"“{line}”" if "'" in line else f"'{line}'"


@once_per_text
def spaced(identifier: str) -> str:
    """`display-name`, `displayName` or `id_display_name` as words: `display name`."""
    words = [word.lower() for word in _WORD.findall(identifier.lstrip("#"))]
    if len(words) > 1 and words[0] in {"id", "input", "field", "txt", "btn"}:
        words = words[1:]
    return " ".join(words)


def is_button(target: Element) -> bool:
    if target.role is not None:
        return target.role == "button"
    return target.tag == "button" or (target.tag == "input" and target.type in _BUTTON_TYPES)


def is_link(target: Element) -> bool:
    return target.role == "link" or (target.role is None and target.tag == "a")


@once_per_element
def is_text_field(target: Element) -> bool:
    """Whether text is typed into it."""
    if target.editable or target.tag == "textarea" or target.role in {"textbox", "searchbox", "spinbutton"}:
        return True
    return target.tag == "input" and target.type not in _TEXTLESS_TYPES


def is_editor(target: Element) -> bool:
    """Whether keys make its text, not the value of a field: rich text, and what a script draws."""
    return (target.editable and target.tag not in ("input", "textarea")) or target.tag == "canvas"


def is_hidden_editor_field(target: Element) -> bool:
    """Whether it is a field out of sight that takes the keys of an editor, whose text a script draws beside it."""
    return target.tag == "textarea" and not target.visible


def is_interactive(target: Element) -> bool:
    return target.editable or target.role in INTERACTIVE_ROLES or target.tag in INTERACTIVE_TAGS


@once_per_element
def caption(target: Element) -> str:
    """What a person would call the element: its name on the page, else a telling attribute as words, else nothing."""
    text = None if is_text_field(target) else target.text
    first, told = "", clean(target.title)
    may_name_key = target.role == "button" or target.role in MENU_ITEM_ROLES
    for shown in (target.name, target.label, text, target.placeholder, target.alt, target.title):
        words = clean(shown)
        if may_name_key and not is_shortcut(words):
            words = _KEY_BESIDE.sub("", words)
        if words and (_WORDY.search(words) or (not first and is_symbol(words) and not _WORDY.search(told))):
            return _presentable(words)
        first = first or words
    known_by = [target.id, target.name_attribute]
    if _COUNTED.search(target.id or "") and _A_WORD.search(target.name_attribute or ""):
        known_by.reverse()
    for identifier in (target.test_id, *known_by):
        words = spaced(identifier or "")
        if _WORDY.search(words) and not _MADE_UP.search(identifier or ""):
            return _presentable(words)
    return _presentable(first)


def _presentable(words: str) -> str:
    """Without the marks of a required field, the key that presses it (`Edit this page [e]`), and what is said to
    explain it (`Real name: It is shown below your posts.`)."""
    words = _EXPLAINED.sub(r"\1", _said_once(words))
    return short(without_key(words.rstrip("*: ") or words))


def _said_once(words: str) -> str:
    """Without the same words again, as a picture beside a text says them: `Drop Drop`."""
    half = len(words) // 2
    return words[:half] if len(words) % 2 and words[half] == " " and words[:half] == words[half + 1 :] else words


def without_key(words: str) -> str:
    """A caption without the key that presses it: `Edit this page [e]` is `Edit this page`."""
    return _KEY.sub("", words) or words


def is_symbol(words: str) -> bool:
    """Whether a control's whole caption is a sign, like `+` or `›`: that is what a person would call it."""
    return len(words) <= 2


def noun(target: Element) -> str:
    """What kind of thing it is, in one or two words."""
    if target.role in ROLE_WORDS:
        return ROLE_WORDS[target.role]
    if target.tag == "input" and target.type in _BUTTON_TYPES:
        return "button"
    if target.editable:
        return "editor"
    return TAG_WORDS.get(target.tag, "element")


def thing(target: Element) -> str:
    """The element in a sentence: `the button 'Log in'`."""
    name = caption(target)
    return f"the {noun(target)} {quoted(name)}" if name else f"the {noun(target)}"


def field(target: Element) -> str:
    """A field in a sentence: `'Email'`, or `the field` when neither a name nor what is written around it tells it."""
    name = caption(target)
    by_mark = not (target.name or target.label or target.placeholder) and bool(target.id or target.name_attribute)
    if not name or by_mark:  # what is written around it says more than what only its markup says
        name = short(label_around(target)).rstrip(":") or name
    return quoted(name) if name else f"the {noun(target)}"


def label_around(target: Element) -> str:
    """What is written around a field that nothing names, where that finds it alone."""
    ways = (scope for way in target.candidates if way.count == 1 for scope in way.within if scope.count == 1)
    return next((clean(scope.has_text) for scope in ways if scope.has_text), "")


@once_per_text
def third_person(verb: str) -> str:
    """`open` → `opens`, `search` → `searches`, `try` → `tries`; only the first word of a phrasal verb changes."""
    first, _, rest = verb.partition(" ")
    if re.search(r"(s|x|z|ch|sh)$", first) or first == "go" or first == "do":
        done = first + "es"
    elif re.search(r"[^aeiou]y$", first):
        done = first[:-1] + "ies"
    else:
        done = first + "s"
    return f"{done} {rest}".rstrip()


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def is_shortcut(text: str) -> bool:
    """Whether the text only names keys: "Alt + Shift + N"."""
    return _SHORTCUT.fullmatch(text.strip()) is not None


def joints(text: str) -> int:
    """How often words meet without a space, as where texts of several elements are put together: `hallHardware`."""
    return len(_JOINT.findall(text))


def numbers_row(name: str | None) -> bool:
    """Whether a name says nothing but in which row of a table something stands: `Select row 3`."""
    return name is not None and _NUMBERED_ROW.match(name.strip()) is not None
