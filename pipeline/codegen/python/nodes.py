"""What is worked out of a node of the generated program, kept with the node: nodes never change, and the same locator
is printed a dozen times until a test stands."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def once_per_node(function: F) -> F:
    """Marks a pure function of a node (a frozen dataclass without slots): its answer is kept with the node.

    It is no field, so it counts neither for equality nor for the hash, and `dataclasses.replace` does not carry it
    into the changed node. An answer must not be changed by whoever gets it. Safe on any thread.
    """
    name = f"_{function.__name__}"

    @wraps(function)
    def answered(node: Any) -> Any:
        known = node.__dict__
        try:
            return known[name]
        except KeyError:
            found = known[name] = function(node)
            return found

    return cast("F", answered)
