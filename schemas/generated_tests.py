"""A test: the Playwright program of a flow. The value of the `tests` topic."""

from typing import ClassVar

from pydantic import Field, TypeAdapter

from schemas.base import Id, Value


class Parameter(Value):
    """A value that differed between sessions: its variable in the code, and the value in each row, the first one being
    that of the session that tells the steps."""

    name: str
    values: tuple[str, ...]


class GeneratedTest(Value):
    """A Playwright test for one flow.

    `id` is uuid5 of app and flow; `story_id` is the representative's. `name` is the function's name, `file_name` the
    file's. `steps` are the plain-English lines, `actions` and `assertions` the statements of the code by kind, `code`
    the whole file. `version` is the story's version it was written from. `notes` says what was left out and why.
    `sessions` counts the stories that were laid beside each other for it, `evidence` names them and their versions.
    """

    prints_all: ClassVar[bool] = True

    id: str
    version: int = Field(ge=1)
    app: Id
    flow_id: str
    story_id: str
    session_id: str = ""
    name: str
    file_name: str
    title: str
    story: str
    tags: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    assertions: tuple[str, ...] = ()
    code: str
    environment: tuple[str, ...] = ()
    """Names of the environment variables that the code reads."""
    notes: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    sessions: int = 1
    evidence: str = ""


GENERATED_TEST: TypeAdapter[GeneratedTest] = TypeAdapter(GeneratedTest)
