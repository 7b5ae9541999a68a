"""What a repaired test does otherwise than the generated one, where what was recorded did not hold."""

import ast
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Amendments:
    """`avoided` holds locators, as code, that don't find their element there, each with the place of its step; the
    writer takes the next one that was recorded. `dropped` holds assertions between the steps that never held there."""

    avoided: frozenset[tuple[int, str]] = frozenset()
    dropped: frozenset[str] = frozenset()

    def drops(self, assertion: str) -> bool:
        """Whether this assertion is left out."""
        return bool(self.dropped) and normal(assertion) in self.dropped


NONE = Amendments()


@lru_cache(maxsize=4096)
def normal(code: str) -> str:
    """An expression in the one form in which two are compared: without line breaks, with the same quotes."""
    return ast.unparse(ast.parse(code.strip(), mode="eval"))
