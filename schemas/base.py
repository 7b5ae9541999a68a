"""The common base of all values: frozen, strict about unknown shapes, lenient about unknown extra fields.

Readers of the previous version must read the new one, so extra fields are ignored, never an error.
"""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from schemas import limits


class Value(BaseModel):
    """A frozen value. Extra fields are ignored, so that an older reader takes a newer writer's record."""

    prints_all: ClassVar[bool] = False
    """Whether the codec prints every field, defaults too: for records that clients outside read."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, ser_json_inf_nan="null")


Id = Annotated[str, StringConstraints(min_length=1, max_length=limits.ID_CHARS_MAX)]
"""An id that somebody outside chose: any text, never a path, never SQL, never code."""
