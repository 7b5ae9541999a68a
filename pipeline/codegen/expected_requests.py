"""What an action must ask of the server, as the argument of `expect_response`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.codegen import addresses
from pipeline.codegen.locators.text_matchers import regex
from pipeline.codegen.python.expressions import Attr, Contains, Equal, Expr, Lambda, Listing, Literal, Name, Or
from pipeline.codegen.python.program import Remark
from pipeline.codegen.python.remarks import GETS_DATA
from schemas.statuses import REDIRECTS

REQUESTS_MAX: Final = 2
"""So many requests of one step are waited for."""
BESIDE: Final = re.compile(
    r"(?i)track|telemetry|analytic|beacon|metric|heartbeat|/ping|/logs?\b|/events?\b|socket\.io|notif|presence|/hub"
)
"""Addresses of requests that go beside what a user does, whenever they please."""


def address_pattern(url: str, varying: frozenset[str] = frozenset()) -> str | None:
    """A regular expression for the address of a request."""
    found = addresses.address(url, frozenset(), varying)
    return None if found is None else found.pattern


@dataclass(frozen=True)
class ExpectedRequest:
    """A request that an action must cause, by a pattern of its address or a word that it holds. Its status is to be
    asserted; without one it is only waited for. `brings_data`: by it a page gets what it shows."""

    status: int | None = None
    pattern: str = ""
    word: str = ""
    brings_data: bool = False

    def matcher(self) -> Expr:
        """The argument of `expect_response`."""
        if not self.word:
            return regex(self.pattern)
        body = Or(Attr(Attr(Name("response"), "request"), "post_data"), Literal(""))
        return Lambda("response", Contains(body, Literal(self.word)))

    def answered(self, response: Expr) -> Expr:
        """What must be true of the answer's status. The recorded one says that there was a redirect, not which."""
        status = Attr(response, "status")
        if self.status in REDIRECTS:
            return Contains(Listing(tuple(map(Literal, REDIRECTS))), status)
        return Equal(status, Literal(self.status or 0))


def explained(requested: Sequence[ExpectedRequest]) -> list[Remark]:
    """What is said before an action that waits for them, where its own looks don't say it."""
    return [Remark(GETS_DATA)] if any(one.brings_data for one in requested) else []
