"""What of all that a step changed is its own doing, so that it comes again where the test runs."""

from pipeline.codegen.actions import Writer
from pipeline.codegen.assertions.lists.own_lists import list_of
from pipeline.codegen.assertions.salience import PLAIN_ROLES, is_hint
from pipeline.codegen.assertions.still_standing import text_of
from pipeline.semantics.text import is_button
from pipeline.steps.draft import same_target
from schemas.events import Change, CountChanged, Gone, StateChanged
from schemas.stories import ClickStep, FillStep, HoverStep, Step


def own_changes(writer: Writer, step: Step) -> tuple[Change, ...]:
    """What a step changed. That a button went away while the user typed is the app's own doing, and may not come again:
    a state that it shows (`Server online`), a hint that it closes. How many items a list has that others fill, too, is
    theirs. A button that is pressed to sign in is disabled only until the app has answered, as is one that was pressed
    where nothing else came of it; others are with the pressed one while more is loaded. A hint shows for where the
    pointer rests."""
    told = (one for one in step.changes if isinstance(one, StateChanged) and one.state == "disabled" and one.after)
    buttons = [one.element for one in told if is_button(one.element)]
    pressed = isinstance(step, ClickStep) and any(same_target(one, step.target) for one in buttons)

    def is_of_others(one: Change) -> bool:
        if is_hint(one.element):
            return not isinstance(step, HoverStep)
        if isinstance(one, CountChanged):
            return not one.texts and (step.event_id, list_of(one)) not in writer.own_counts
        if isinstance(one, StateChanged) and one.state == "disabled":
            waits = pressed and is_button(one.element) and (len(step.changes) == 1 or len(buttons) > 1)
            return one.after and (one.element.in_password_form or waits)
        if not isinstance(one, Gone):
            return False
        typed_away = isinstance(step, FillStep) and one.element.role == "button"
        is_text = one.element.role in PLAIN_ROLES | {"heading"}
        seems = is_text and (step.event_id, text_of(one.element)) in writer.standing
        return typed_away or seems

    return tuple(one for one in step.changes if not is_of_others(one))
