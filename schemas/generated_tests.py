"""A test: the Playwright program of a flow. The value of the `tests` topic."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, TypeAdapter

from schemas import limits
from schemas.base import Count, Id, Long, Ref, Said, Sentence, Text, Value, Version
from schemas.stories import Notes, Tags

Code = Annotated[str, StringConstraints(max_length=limits.MESSAGE_BYTES_MAX)]
"""A program, or a statement of it."""
Statements = Annotated[tuple[Code, ...], Field(max_length=limits.TEST_STATEMENTS_MAX)]


class Parameter(Value):
    """A value that differed between sessions: its variable in the code, and the value in each row, the first one being
    that of the session that tells the steps."""

    name: Text
    values: Annotated[tuple[Long, ...], Field(max_length=limits.PARAMETER_ROWS_MAX)]


class Need(Value):
    """A thing that a journey uses and did not make: its name, and what such things are called, where that is known."""

    name: Text
    kind: Text = ""


class GeneratedTest(Value):
    """A Playwright test for one flow.

    `id` is uuid5 of app and flow; `story_id` is the representative's. `name` is the function's name, `file_name` the
    file's. `steps` are the plain-English lines, `actions` and `assertions` the statements of the code by kind, `code`
    the whole file. `version` is the story's version it was written from. `notes` says what was left out and why.
    `sessions` counts the stories that were laid beside each other for it, `evidence` names them and their versions.
    """

    prints_all: ClassVar[bool] = True

    id: Id
    version: Version
    app: Id
    flow_id: Id
    story_id: Id
    session_id: Ref = ""
    name: Text
    file_name: Text
    title: Text
    story: Sentence
    tags: Tags = ()
    steps: Annotated[tuple[Said, ...], Field(max_length=limits.STORY_STEPS_MAX)] = ()
    actions: Statements = ()
    assertions: Statements = ()
    code: Code
    step_lines: Annotated[tuple[Count, ...], Field(max_length=limits.STORY_STEPS_MAX)] = ()
    """For each step of the story the line of `code`, from 1, on which it begins; 0 for one that is not in the code."""
    environment: Annotated[tuple[Text, ...], Field(max_length=limits.STORY_STEPS_MAX)] = ()
    """Names of the environment variables that the code reads."""
    notes: Notes = ()
    parameters: Annotated[tuple[Parameter, ...], Field(max_length=limits.STORY_STEPS_MAX)] = ()
    needs: Annotated[tuple[Need, ...], Field(max_length=limits.NEEDS_MAX)] = ()
    """What must be there before the test runs."""
    makes: Annotated[tuple[Text, ...], Field(max_length=limits.NEEDS_MAX)] = ()
    """What the things are called that it makes."""
    sessions: Version = 1
    evidence: Ref = ""


GENERATED_TEST: TypeAdapter[GeneratedTest] = TypeAdapter(GeneratedTest)
