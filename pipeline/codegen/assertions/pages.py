"""The address and the title of a page as assertions."""

import re
from typing import Final

from pipeline.codegen import addresses
from pipeline.codegen.assertions.check import TEXT_CHARS_MAX, Check
from pipeline.codegen.locators.finder import expect
from pipeline.codegen.locators.text_matchers import matcher, regex
from pipeline.codegen.python.expressions import Expr, Literal, method
from pipeline.semantics.verbs import SIGN_IN

NAME_CHARS_MIN: Final = 3
_PARTS: Final = re.compile(r"\s[-–—|·»:]\s")
_VERSION: Final = re.compile(r"(\s\([^()]{1,30}\))?\s(v\.?\s?)?\d{1,4}(\.\d{1,4}){1,3}[a-z]?")
"""What stands behind the name of an app: `8.1`, `(Free) 8.1b`, `v2.4.0`."""
_SURE: Final = re.compile(r"v\.?\s?\d|\d\.\d{1,4}\.\d|\d[a-z]$")
"""What only versions have: a `v`, a third number, a letter at the end."""


def url_check(
    page: Expr,
    url: str,
    known: frozenset[str],
    before: str = "",
    varying: frozenset[str] = frozenset(),
    chosen: tuple[str, ...] = (),
) -> Check | None:
    """The page's address: path and query where they are the same every time, with none of the `varying` values in them,
    else a pattern, with the parameters first that the user has `chosen`. None where the pattern would have matched the
    address before, too."""
    found = addresses.address(url, known, varying, chosen)
    if found is None or (found.text is None and (found.is_anywhere or found.holds_at(before))):
        return None
    value: Expr = Literal(found.text) if found.text is not None else regex(found.place)
    return Check(method(expect(page), "to_have_url", value), 70, "url", url)


def title_check(page: Expr, title: str, fixed: tuple[str, ...]) -> Check | None:
    """The page's title, where nothing in it is volatile."""
    shown = " ".join(title.split())
    value = matcher(shown, True, fixed)
    if value.expr is None or value.pieces or value.penalty >= 60 or len(shown) > TEXT_CHARS_MAX or not value.exact:
        return None
    if re.search(r"\(\d+\)|\d%", shown):
        return None
    return Check(method(expect(page), "to_have_title", shown), 40, "title", shown)


def says_version(text: str, title: str, in_footer: bool) -> bool:
    """Whether a text is the name of the app, as its title begins or ends with it, and which version of it this is:
    `Review desk (Free) 8.1` on `Log in | Review desk`. Two numbers alone may be a price, but where one signs in and in
    the footer of a page."""
    parts = [part.strip() for part in _PARTS.split(title)]
    names = (part for part in (parts[0], parts[-1]) if len(part) >= NAME_CHARS_MIN and text.startswith(part))
    rest = next((text[len(name) :] for name in names), "")
    sure = in_footer or SIGN_IN.search(title) or _SURE.search(rest)
    return bool(sure) and _VERSION.fullmatch(rest) is not None
