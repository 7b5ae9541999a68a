"""A copy of a test that tells which step of its story it is in: the runner needs to know, a person's copy does not."""

from collections.abc import Sequence
from typing import Final

STEP_FUNCTION: Final = "proof_step"
"""What the runner gives to the test: called with the place of each step as it begins."""
INDENT: Final = "    "


def instrumented(code: str, step_lines: Sequence[int]) -> str:
    """The code with a call before each step. `step_lines` are those of the test; 0 stands for a step without code.

    Code that was edited has other lines: give no `step_lines` for it, and it stays as it is.
    """
    begins = {line: step for step, line in enumerate(step_lines) if line > 0}
    if not begins:
        return code
    out: list[str] = []
    for number, line in enumerate(code.split("\n"), 1):
        if number in begins:
            out.append(f"{INDENT}{STEP_FUNCTION}({begins[number]})")
        out.append(line)
    return "\n".join([f"from agents.proof.plugin import {STEP_FUNCTION}", *out])
