"""The address and the title of a page as assertions."""

import re

from pipeline.codegen import addresses
from pipeline.codegen.assertions.check import TEXT_CHARS_MAX, Check
from pipeline.codegen.locators.finder import expect
from pipeline.codegen.locators.text_matchers import matcher, regex
from pipeline.codegen.python.expressions import Expr, Literal, method


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
