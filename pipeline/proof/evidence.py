"""What is known of one run of a test: facts that the runner saw, as values."""

from dataclasses import dataclass
from typing import Literal

from pipeline.codegen.values.credentials import PASSWORD
from schemas.generated_tests import GeneratedTest

ErrorType = Literal[
    "assertion",
    "timeout",
    "strict",
    "navigation",
    "secret_missing",
    "wrong_origin",
    "options",
    "closed",
    "load",
    "other",
]
"""What ended the run: an assertion that did not hold, an action that waited too long, a locator that matched several
elements, an address that did not answer, a variable that is not set, a secret that must not be typed there, an option
that a list does not have, a page or browser that went away, a test that can't be imported, anything else."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server of the app answered to one request: `status` 0 where the request failed. `document` tells that it
    was for the page itself, `step` during which step it was made."""

    method: str
    url: str
    status: int
    document: bool
    step: int


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run. `step` is the step that failed, None where it is not known; `last` tells that it is the story's last
    one. `asserts` says that the failing statement asserts something, `matched` how many elements its locator matched at
    that moment (None: it has none). `asks_password` says that the page shows an empty password field then."""

    passed: bool
    seconds: float
    error_type: ErrorType = "other"
    error: str = ""
    statement: str = ""
    asserts: bool = False
    step: int | None = None
    last: bool = False
    matched: int | None = None
    late: bool = False
    """Whether what the failing statement expects was there right after it had waited its time."""
    asks_password: bool = False
    signs_in: bool = False
    """Whether the test typed a password before the failing step or in it."""
    answers: tuple[Answer, ...] = ()
    page_errors: tuple[str, ...] = ()
    """Errors that scripts of the page did not catch, in the failing step."""
    started: bool = True
    """False where the test itself never began."""


def signs_in_before(test: GeneratedTest, step: int | None) -> bool:
    """Whether a test types a password up to the end of a step; in all of it where the step is not known."""
    lines = test.code.splitlines()
    begins = () if step is None else (line for line in test.step_lines[step + 1 :] if line)
    return any(PASSWORD in line for line in lines[: next(iter(begins), len(lines) + 1) - 1])
