"""What a repaired or strengthened test does otherwise than the generated one."""

import ast
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Amendments:
    """`avoided` holds locators, as code, that don't find their element there, each with the place of its step; the
    writer takes the next one that was recorded. `dropped` holds assertions between the steps that never held there.

    At its end the test also makes the assertions of `added`, of those that the recording offers; with `thorough` all
    that it offers, but for those of `dropped`.
    """

    avoided: frozenset[tuple[int, str]] = frozenset()
    dropped: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    thorough: bool = False

    def drops(self, assertion: str) -> bool:
        """Whether this assertion is left out."""
        return bool(self.dropped) and normal(assertion) in self.dropped

    @property
    def adds_any(self) -> bool:
        """Whether more is asserted at the end than a generated test would."""
        return self.thorough or bool(self.added)

    def adds(self, assertion: str) -> bool:
        """Whether this assertion is made at the end, if the test makes it not anyway."""
        return not self.drops(assertion) if self.thorough else normal(assertion) in self.added


NONE = Amendments()


@lru_cache(maxsize=4096)
def normal(code: str) -> str:
    """An expression in the one form in which two are compared: without line breaks, with the same quotes."""
    return ast.unparse(ast.parse(code.strip(), mode="eval"))
