"""A copy of a test that tells which step of its story it is in: the runner needs to know, a person's copy does not."""

import ast
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

STEP_FUNCTION: Final = "proof_step"
"""What the runner gives to the test: called with the place of each step as it begins."""
INDENT: Final = "    "


def instrumented(code: str, step_lines: Sequence[int]) -> str:
    """The code with a call before each step. `step_lines` are those of this code; 0 stands for a step without any."""
    begins = {line: step for step, line in enumerate(step_lines) if line > 0}
    if not begins:
        return code
    out: list[str] = []
    for number, line in enumerate(code.split("\n"), 1):
        if number in begins:
            out.append(f"{INDENT}{STEP_FUNCTION}({begins[number]})")
        out.append(line)
    return "\n".join([f"from agents.proof.plugin import {STEP_FUNCTION}", *out])


def lines_after_edit(written: str, step_lines: Sequence[int], edited: str) -> tuple[int, ...]:
    """Where the steps begin in what a person made of a test: 0 for those whose line was changed, or no longer stands by
    itself in the test's function."""
    try:
        begins = _statements(edited)
    except (SyntaxError, ValueError):
        return ()
    matcher = SequenceMatcher(None, written.split("\n"), edited.split("\n"), autojunk=False)
    moved = {block.a + at + 1: block.b + at + 1 for block in matcher.get_matching_blocks() for at in range(block.size)}
    return tuple(line if (line := moved.get(one, 0)) in begins else 0 for one in step_lines)


def _statements(code: str) -> set[int]:
    """The lines on which the statements of the tests' functions begin, and the remarks before them."""
    found = {
        statement.lineno
        for node in ast.parse(code).body
        if isinstance(node, ast.FunctionDef)
        for statement in node.body
        if statement.col_offset == len(INDENT)
    }
    lines = code.split("\n")
    for number in sorted(found):
        while number > 1 and lines[number - 2].startswith(f"{INDENT}#"):
            number -= 1
            found.add(number)
    return found
