"""What a test waits for: a page's script before it types, and the app's answer before it leaves."""

from typing import Any

import pytest

from pipeline.codegen import write_test
from schemas.elements import ByRole, Candidate, Element
from schemas.events import Appeared, Choice, Gone, StateChanged, Stroke, TextChanged, Typed
from schemas.stories import ClickStep, FillStep, NetworkRequest, SelectStep
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, by_text, story

PAGE = at("/notes")
NEXT = at("/home")


def test_a_field_is_used_once_the_page_s_script_has_come() -> None:
    """The control that the typing enables is disabled by it, or from the beginning; on a page that is in use it is."""
    save = by_role("button", "button", "Save")
    enabled = (StateChanged(element=save, state="disabled", after=False),)
    opened = ClickStep(target=by_role("a", "link", "Settings"), **base(PAGE, NEXT, navigates=True, loads=True))
    typed = FillStep(target=by_label("Call"), value=Typed(text="Ann"), **base(NEXT, NEXT, changes=enabled))
    click = ClickStep(target=save, **base(NEXT))
    code = write_test(story(opened, typed, click)).code
    assert code.index("to_be_disabled()") < code.index('press_sequentially("Ann")')
    more = ClickStep(target=by_role("button", "button", "More"), **base(NEXT))
    assert "to_be_disabled" not in write_test(story(opened, more, typed, click)).code


@pytest.mark.parametrize(
    ("leaves", "method", "waits"),
    [
        (True, "PUT", True),
        (True, "GET", False),
        (False, "PUT", False),
    ],
)
def test_what_was_saved_before_the_user_left_is_waited_for(leaves: bool, method: str, waits: bool) -> None:
    """A page that saves by a timer has not done so when a test leaves at once."""
    chosen = SelectStep(
        target=by_label("Theme", tag="select"), options=(Choice(value="t", label="Teal"),), **base(PAGE)
    )
    after = ClickStep(target=by_role("a", "link", "Home"), **base(PAGE, NEXT if leaves else PAGE, navigates=leaves))
    request = {"url": HOME + "/api/settings", "method": method, "status": 200, "cause": chosen.event_id}
    beside = {"url": HOME + "/api/telemetry", "method": "PUT", "status": 200, "cause": chosen.event_id}
    code = write_test(story(chosen, after, networkRequests=[request, beside])).code
    assert ('with page.expect_response(re.compile(r"/api/settings$")):' in code) is waits
    assert "telemetry" not in code


@pytest.mark.parametrize(
    ("methods", "loads", "waits"),
    [(["PUT"], False, True), (["PUT", "GET"], False, True), (["GET", "PUT"], False, False), (["PUT"], True, False)],
)
def test_what_the_last_step_saved_is_asserted_where_the_page_stays(
    methods: list[str], loads: bool, waits: bool
) -> None:
    """Also where the address changes with it, and where the page reads at once what it has saved."""
    click = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, NEXT, navigates=True, loads=loads))
    sent = [
        {"url": HOME + "/api/config", "method": method, "status": 200, "cause": click.event_id} for method in methods
    ]
    code = write_test(story(click, networkRequests=sent)).code
    assert ('with page.expect_response(re.compile(r"/api/config$")) as response_info:' in code) is waits


def test_a_save_that_was_led_elsewhere_is_answered_by_a_redirect() -> None:
    """Which one it was, no page is told; that it was no error and no other answer is asserted."""
    click = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, NEXT, navigates=True))
    sent = {"url": HOME + "/things", "method": "POST", "status": 302, "cause": click.event_id}
    code = write_test(story(click, networkRequests=[sent])).code
    assert 'with page.expect_response(re.compile(r"/things$")) as response_info:' in code
    assert "assert response_info.value.status in [301, 302, 303, 307, 308]" in code


def test_a_field_whose_page_saved_once_it_was_left_is_left() -> None:
    """An editor is typed in by the focus alone: the keyboard can't be left."""

    def code_for(target: Element, **more: Any) -> str:
        fill = FillStep(target=target, value=Typed(text="Warm"), **base(PAGE, PAGE), **more)
        saved = {"url": HOME + "/api/posts/7", "method": "PUT", "status": 200, "cause": fill.event_id}
        return write_test(story(fill, networkRequests=[saved])).code

    assert 'get_by_label("Excerpt").blur()' in code_for(by_label("Excerpt"))
    editor = by_role("div", "textbox", "Body", editable=True)
    counted = (Appeared(element=by_text("p", "1 word")),)
    code = code_for(editor, before="Cold", changes=counted, keys=(Stroke(text="Warm"),))
    assert "keyboard.type(" in code
    assert "blur" not in code


@pytest.mark.parametrize(
    ("texts", "is_awaited"), [(("Starred",), True), (("Starred", "1 star", "Saved for you"), False)]
)
def test_a_control_that_shows_at_once_what_it_did_is_waited_for_before_another_page(
    texts: tuple[str, ...], is_awaited: bool
) -> None:
    """Only itself changed, which many a page shows before it has asked the app; more of it shows what the app said."""
    shown = tuple(Appeared(element=by_text("p", text)) for text in texts)
    star = ClickStep(target=by_role("button", "button", "Star"), **base(at("/r/4"), at("/r/4"), changes=shown))
    link = by_role("a", "link", "My desk")
    leaves = ClickStep(target=link, **base(at("/r/4"), at("/desk"), navigates=True, loads=True))
    sent = NetworkRequest(url=f"{HOME}/api/watched/", method="POST", status=201, cause=star.event_id)
    code = write_test(story(star, leaves, network_requests=(sent,))).code
    assert ("/api/watched/" in code) is is_awaited


@pytest.mark.parametrize(
    ("text", "late"), [("Usage\nPersonal", True), ("Crane alarms\nTide report", False), (None, False)]
)
def test_what_comes_beside_a_dialog_is_none_of_it(text: str | None, late: bool) -> None:
    """The page behind it was still loading; what the dialog says, or one of which no text is known, is its own."""
    dialog = by_role("div", "dialog", "Settings").model_copy(update={"text": text})
    heading = by_role("h2", "heading", "Crane alarms")
    came = (Appeared(element=dialog), Appeared(element=heading))
    opens = ClickStep(target=by_role("button", "button", "More"), **base(PAGE, PAGE, changes=came))
    goes_on = ClickStep(target=by_role("button", "button", "Close"), **base(PAGE))
    assert (
        'expect(page.get_by_role("heading", name="Crane alarms"))' not in write_test(story(opens, goes_on)).code
    ) is late


@pytest.mark.parametrize("hides", [True, False])
def test_what_stands_behind_a_dialog_of_unknown_words_is_none_of_it(hides: bool) -> None:
    """A heading without a name is kept from screen readers, so the dialog hides the page that is still loading."""
    dialog = by_role("div", "dialog", "").model_copy(update={"name": None, "text": "", "text_cut": True})
    page_heading = by_text("h2", "Projects", role="heading")
    page_heading = page_heading.model_copy(update={"name": None if hides else "Projects"})
    shown = (by_role("h2", "heading", "Key concepts"), page_heading, by_text("p", "You have no owners to ask yet."))
    alert = by_text("div", "Join a project before you add anything.", role="alert").model_copy(update={"live": True})
    came = tuple(Appeared(element=one) for one in (dialog, *shown, alert))
    signs_in = ClickStep(target=by_role("button", "button", "Go"), **base(PAGE, PAGE, changes=came, navigates=True))
    code = write_test(story(signs_in, ClickStep(target=by_role("button", "button", "Got it"), **base(PAGE)))).code
    assert ("Join a project" in code) is not hides
    assert not hides or "You have no owners" not in code
    assert not hides or 'expect(page.get_by_role("heading", name="Key concepts")).to_be_visible()' in code


@pytest.mark.parametrize("expanded", [True, False])
def test_what_went_while_a_menu_unfolded_is_not_looked_for(expanded: bool) -> None:
    """A menu takes nothing away that stood beside it: the page was still loading. A button that unfolds nothing may."""
    owner = by_role("h3", "heading", "Project owner")
    comes = ClickStep(
        target=by_role("button", "button", "Show"), **base(PAGE, PAGE, changes=(Appeared(element=owner),))
    )
    menu = by_role("button", "button", "Configure")
    opened = StateChanged(element=menu, state="expanded", after=expanded)
    unfolds = ClickStep(target=menu, **base(PAGE, PAGE, changes=(opened, Gone(element=owner))))
    goes_on = ClickStep(target=by_role("a", "link", "Tags"), **base(PAGE))
    code = write_test(story(comes, unfolds, goes_on)).code
    assert ('expect(page.get_by_role("heading", name="Project owner")).to_be_visible()' not in code) is expanded


@pytest.mark.parametrize(
    ("stays", "chosen", "waits"), [(False, "Suite", True), (True, "Suite", False), (False, "Two", False)]
)
def test_what_was_chosen_is_looked_for_once_its_list_is_closed(stays: bool, chosen: str, waits: bool) -> None:
    """A list that closes slowly says it too: until then two elements do, or the list alone."""
    option = by_role("li", "option", chosen, text=chosen)
    gone = option.model_copy(update={"candidates": (Candidate(locator=ByRole(role="option", name=chosen), count=0),)})
    shown = TextChanged(element=by_text("span", "Suite"), before="Single", after="Suite")
    changes = (shown,) if stays else (shown, Gone(element=gone))
    choice = ClickStep(target=option, **base(PAGE, PAGE, changes=changes))
    code = write_test(story(choice, ClickStep(target=by_role("button", "button", "Save"), **base(PAGE)))).code
    assert 'expect(page.get_by_text("Suite", exact=True)).to_be_visible()' in code
    hidden = f'expect(page.get_by_role("option", name="{chosen}")).to_be_hidden()'
    assert (hidden in code.partition(".to_be_visible()")[0]) is waits
