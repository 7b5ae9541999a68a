"""A form: from the control that opened it to the control that sent it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.activities.activity import ActivityKind
from pipeline.activities.forms.fields import Field
from pipeline.semantics.text import caption
from schemas.stories import ClickStep, FillStep, Step


@dataclass(frozen=True)
class Form:
    """The steps of one form: the control that opened it (if any), its fields, and the control that sent it off."""

    steps: Sequence[Step]
    """All steps of the story."""
    first: int
    last: int
    opener: ClickStep | None
    sent: int | None
    """The number of the step that sent it off."""
    kind: ActivityKind | None = None
    """The kind of the activity that it is, or that ends it."""

    @property
    def opener_at(self) -> int:
        """The number of the step that opened it. Raises StopIteration where none did."""
        return next(at for at, step in enumerate(self.steps) if step is self.opener)

    @property
    def commit(self) -> Step | None:
        return None if self.sent is None else self.steps[self.sent]

    @cached_property
    def own(self) -> Sequence[Step]:
        return self.steps[self.first : self.last + 1]

    @cached_property
    def fields(self) -> list[Field]:
        return [step for step in self.own if isinstance(step, Field)]

    @cached_property
    def commit_words(self) -> str:
        return caption(self.commit.target) if isinstance(self.commit, ClickStep) else ""

    @cached_property
    def fills(self) -> list[FillStep]:
        return [step for step in self.own if isinstance(step, FillStep)]
