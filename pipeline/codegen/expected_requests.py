"""What an action must ask of the server, as the argument of `expect_response`."""

from dataclasses import dataclass

from pipeline.codegen.locators.text_matchers import regex
from pipeline.codegen.python.expressions import Attr, Contains, Expr, Lambda, Literal, Name, Or


@dataclass(frozen=True)
class ExpectedRequest:
    """A request that an action must cause, by a pattern of its address or a word that it holds. Its status is to be
    asserted; without one it is only waited for."""

    status: int | None = None
    pattern: str = ""
    word: str = ""

    def matcher(self) -> Expr:
        """The argument of `expect_response`."""
        if not self.word:
            return regex(self.pattern)
        body = Or(Attr(Attr(Name("response"), "request"), "post_data"), Literal(""))
        return Lambda("response", Contains(body, Literal(self.word)))
