"""What a story has entered at each of its steps, by which a page is known to tell of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.activities.forms.password_forms import PasswordForms
from pipeline.semantics.text import caption
from pipeline.semantics.verbs import SIGN_OUT
from schemas.stories import ClickStep, Step


@dataclass(frozen=True)
class OwnTexts:
    """The texts that a story enters, each with the place of the step that does so first.

    `login_names` are those that are entered nowhere but at a sign-in: pages show them beside many things, so they tell
    something only of the steps that sign in or out (`naming`, their places).
    """

    entered_at: Mapping[str, int] = field(default_factory=dict)
    login_names: frozenset[str] = frozenset()
    naming: frozenset[int] = frozenset()

    def until(self, place: int, texts: Iterable[str]) -> tuple[str, ...]:
        """Those of the `texts` that the story has entered by the step of this place."""
        names = frozenset() if place in self.naming else self.login_names
        return tuple(text for text in texts if text not in names and self.entered_at.get(text, 0) <= place)


def own_texts(
    steps: Sequence[Step], entered: Sequence[Sequence[str]], forms: PasswordForms, names: Iterable[str]
) -> OwnTexts:
    """The texts that each of the steps `entered`; `names` are the login names of the story."""
    entered_at: dict[str, int] = {}
    for place, texts in enumerate(entered):
        for text in texts:
            entered_at.setdefault(text, place)
    sign_ins = [form for form in forms if form.purpose == "sign in"]
    first = max((form.last for form in sign_ins), default=-1) + 1
    later = {text for texts in entered[first:] for text in texts}
    outs = (place for place, step in enumerate(steps) if _signs_out(step))
    naming = frozenset({*(form.last for form in sign_ins if not form.refused), *outs})
    return OwnTexts(entered_at, frozenset(names) - later, naming)


def _signs_out(step: Step) -> bool:
    return isinstance(step, ClickStep) and SIGN_OUT.search(caption(step.target)) is not None
