"""The common base of all values: frozen, strict about unknown shapes, lenient about unknown extra fields.

Readers of the previous version must read the new one, so extra fields are ignored, never an error.

Every text, number and list of every value has a bound, which stands in its type. The types here are those that several
values share; a test walks all models and finds a field without one.
"""

import operator
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Final, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from schemas import limits


class Value(BaseModel):  # noqa: PLW1641 (pydantic gives frozen models their hash)
    """A frozen value. Extra fields are ignored, so that an older reader takes a newer writer's record."""

    prints_all: ClassVar[bool] = False
    """Whether the codec prints every field, defaults too: for records that clients outside read."""
    printed_as_one: ClassVar[bool] = False
    """Whether the codec keeps the JSON of a tuple of these: parts of what is printed more than once."""

    # pydantic keeps with each value which of its fields it was given: a set that takes as much memory as all else that
    # the value is, and that nobody here asks for. To set it does nothing: `operator.is_` only compares its arguments,
    # and costs no call of Python's.
    __pydantic_fields_set__ = property(
        lambda value: set(type(value).model_fields),
        operator.is_,  # type: ignore[arg-type]
    )

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, ser_json_inf_nan="null")

    def __eq__(self, other: object) -> bool:
        """As pydantic's, which looks for what no value of ours has besides its fields."""
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, in a third of its time where nothing is to be copied deeply: what is in a value is frozen."""
        if deep:
            return super().model_copy(update=update, deep=True)
        return _filled(type(self), {**self.__dict__, **(update or {})})


V = TypeVar("V", bound=Value)
_set: Final = object.__setattr__

Id = Annotated[str, StringConstraints(min_length=1, max_length=limits.ID_CHARS_MAX)]
"""An id that somebody outside chose: any text, never a path, never SQL, never code."""
Ref = Annotated[str, StringConstraints(max_length=limits.ID_CHARS_MAX)]
"""An id, or "" for none."""
Text = Annotated[str, StringConstraints(max_length=limits.TEXT_CHARS_MAX)]
"""A name, a title, a text of an element, a word of HTML."""
Long = Annotated[str, StringConstraints(max_length=limits.VALUE_CHARS_MAX)]
"""What a user typed, or a field held."""
Url = Annotated[str, StringConstraints(max_length=limits.URL_CHARS_MAX)]
Found = Annotated[str, StringConstraints(max_length=limits.URL_CHARS_MAX)]
"""What an element is found by: a text, or an attribute that may be an address."""
Note = Annotated[str, StringConstraints(max_length=limits.NOTE_CHARS_MAX)]
Said = Annotated[str, StringConstraints(max_length=limits.SAID_CHARS_MAX)]
"""Words of ours about a step."""
Sentence = Annotated[str, StringConstraints(max_length=limits.SENTENCE_CHARS_MAX)]
Moment = Annotated[str, StringConstraints(max_length=40)]
"""ISO 8601."""
AtMs = Annotated[int, Field(ge=0, le=limits.AT_MS_MAX)]
"""Milliseconds since 1970, UTC."""
LANGUAGE: Final = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$"
Language = Annotated[str, StringConstraints(pattern=LANGUAGE, max_length=limits.LANGUAGE_CHARS_MAX)]
"""The name of a language, as browsers send it: `de`, `pt-BR`."""
SizePx = Annotated[int, Field(ge=0, le=limits.SIZE_PX_MAX)]


def _one_zero(number: float) -> float:
    """The number, zero without a sign: -0.0 equals 0.0 and is printed otherwise, so that a record which leaves out what
    is zero would be told otherwise once it is read again."""
    return number + 0.0


PlacePx = Annotated[
    float,
    Field(ge=-limits.PLACE_PX_MAX, le=limits.PLACE_PX_MAX, allow_inf_nan=False),
    AfterValidator(_one_zero),
]
"""From the corner of an element or a page."""

Count = Annotated[int, Field(ge=0, le=limits.COUNT_MAX)]
Status = Annotated[int, Field(ge=0, le=limits.STATUS_MAX)]
Version = Annotated[int, Field(ge=1, lt=2**31)]


def made(model: type[V], values: dict[str, Any]) -> V:
    """A value of fields that were looked at already, in a third of the time. All must be within their bounds, and of
    their types to the last part; those that are missing have their defaults."""
    return _filled(model, {**_defaults(model), **values})


def _filled(model: type[V], content: dict[str, Any]) -> V:
    value = model.__new__(model)
    _set(value, "__dict__", content)
    _set(value, "__pydantic_extra__", None)
    _set(value, "__pydantic_private__", None)
    return value


@lru_cache(maxsize=256)
def _defaults(model: type[Value]) -> Mapping[str, Any]:
    """In the order of the fields, so that each has its place."""
    return {name: field.get_default(call_default_factory=True) for name, field in model.model_fields.items()}
