"""What makes two stories the same flow and what keeps them apart, one difference at a time."""

from typing import Any

import pytest

from bench.flows.synthetic import ROW, Visitor, alert, element, heading
from schemas.elements import Ancestor, ByTag, Candidate, Element
from schemas.events import (
    Appeared,
    Check,
    Click,
    Drag,
    Effect,
    Fill,
    Page,
    Press,
    Request,
    Stroke,
    Typed,
    Upload,
)
from tests.flows.acts import (
    PLAIN,
    REFUSED,
    SENT,
    Acts,
    chooses,
    clicks,
    enters,
    key,
    nothing,
    posts,
    sends,
    shape_of,
    types,
)


@pytest.mark.parametrize(
    "acts",
    [
        pytest.param((types("Title"), enters()), id="Enter instead of the button"),
        pytest.param(
            (types("Title", "Leak"), sends("Save issue", url="/issues/12")), id="other words and another number"
        ),
        pytest.param((types("Title"), types("Description"), sends("Save issue")), id="a side field filled in"),
        pytest.param(
            (types("Title"), chooses("Priority"), sends("Save issue")), id="a list that has a value by itself"
        ),
        pytest.param((types("Title"), sends("Save issue"), lambda v: v.open("/help")), id="going on to somewhere else"),
        pytest.param((types("Title"), REFUSED, types("Title"), sends("Save issue")), id="a second try"),
        pytest.param(
            (lambda v: v.open("/help"), lambda v: v.open("/issues/new"), types("Title"), sends("Save issue")),
            id="a look at the help before",
        ),
    ],
)
def test_the_same_thing_is_one_flow(acts: tuple[Acts, ...]) -> None:
    """How it was sent off, with which optional fields, after which tries and before which detours says nothing."""
    assert key(*acts) == PLAIN


@pytest.mark.parametrize(
    "acts",
    [
        pytest.param((types("Title"), sends("Save as draft")), id="a button of its own"),
        pytest.param((types("Comment"), sends("Save issue")), id="another field"),
        pytest.param(
            (types("Title"), sends("Save issue", alert("Title is too short."), url=None, status=422)), id="refused"
        ),
        pytest.param((types("Title"), sends("Save issue", url="/projects")), id="another end"),
        pytest.param((types("Title", before="Old title"), sends("Save issue")), id="a change of what was there"),
    ],
)
def test_another_thing_is_another_flow(acts: tuple[Acts, ...]) -> None:
    """Another control, field or outcome is another thing that was done."""
    assert key(*acts) != PLAIN


def test_an_editor_sent_off_by_a_key_is_the_same_as_by_its_button() -> None:
    """What was typed into an editor holds the key that sent it off; the button of that form says no more."""
    editor = Element(tag="pre", editable=True, classes=("sql",), form="form / limit")
    sent_by_key = (Stroke(text="select 1"), Stroke(key="Enter", modifiers=("Control",)))

    def typed(visitor: Visitor, keys: tuple[Stroke, ...] = sent_by_key[:1]) -> str:
        return visitor.add(Fill, target=editor, value=Typed(text="select 1"), keys=keys, by_keys=True)

    def sends_by_key(visitor: Visitor) -> None:
        cause = typed(visitor, sent_by_key)
        visitor.add(Request, method="POST", url=f"{visitor.home}/issues", status=200, cause=cause)
        visitor.came(cause, heading("One"), url="/issues/7")

    button = element("input", "button", "Execute").model_copy(update={"form": "form / limit", "type": "submit"})

    def sends_by_button(visitor: Visitor) -> None:
        typed(visitor)
        cause = visitor.add(Click, target=button)
        visitor.add(Request, method="POST", url=f"{visitor.home}/issues", status=200, cause=cause)
        visitor.came(cause, heading("One"), url="/issues/7")

    assert key(sends_by_key) == key(sends_by_button)


def test_the_same_refusal_twice_is_a_refusal() -> None:
    """The recorder tells what is new: of the same words said again it tells nothing."""

    def signs_in(*changes: Any) -> Acts:
        def act(visitor: Visitor) -> None:
            visitor.write("User", "ann")
            visitor.write("Password", "secret", secret=True)
            visitor.send("Sign in", "POST", "/session", *changes, url=None)

        return act

    wrong = alert("Wrong user or password.")
    assert key(signs_in(wrong), signs_in()) == key(signs_in(wrong))
    assert key(signs_in(wrong), signs_in(heading("Welcome"))) == key(signs_in(heading("Welcome")))
    assert key(signs_in(alert("Your account is locked."))) != key(signs_in(wrong))


def test_what_stands_in_a_row_or_on_a_card_is_data() -> None:
    """A nameless button in somebody's row, and a card that only its class and text tell."""
    rows = [
        Element(
            tag="button",
            role="button",
            ancestors=(ROW.model_copy(update={"name": name}), Ancestor(tag="table", name="Users")),
        )
        for name in ("Ann Hill", "Bob Lake")
    ]
    assert len({key(clicks(row)) for row in rows}) == 1
    way = Candidate(locator=ByTag(tag="div", classes=("card",)), count=9)
    cards = [Element(tag="div", text=text, candidates=(way,)) for text in ("Broken gate", "Loose tile")]
    assert len({key(clicks(card), types("Reply"), sends("Post")) for card in cards}) == 1
    controls = [Element(tag="div", text=text, candidates=(way,)) for text in ("Archive", "Import")]
    assert len({key(clicks(control)) for control in controls}) == 2


def test_switches_are_told_apart_by_their_names() -> None:
    """What is switched is the activity; which of several boxes of a form were ticked is data."""

    def turns(role: str, label: str) -> Acts:
        def act(visitor: Visitor) -> None:
            cause = visitor.add(Check, target=element("input", role, label))
            visitor.add(Request, method="POST", url=f"{visitor.home}/settings", status=200, cause=cause)
            visitor.add(Effect, cause=cause, after=Page(url=visitor.url))

        return act

    assert key(turns("switch", "Dark mode")) != key(turns("switch", "Maintenance mode"))
    assert key(turns("checkbox", "Red")) == key(turns("checkbox", "Blue"))


def test_a_refusal_without_any_mark_is_told_by_its_words() -> None:
    """What a form says of a field that it doesn't take is a refusal, and the next try is the one that counts."""
    blank = element("li", "listitem", "Title cannot be blank")
    refused = sends("Save", Appeared(element=blank), url=None)
    first = types("Title", "x", form="title")
    assert key(first, refused, *SENT) == key(*SENT)
    assert key(first, refused) != key(*SENT)


def test_a_button_that_does_more_is_another() -> None:
    """`Save and add another` is not `Save`."""
    first = types("Title", form="title")
    assert key(first, sends("Save and add another", url=None)) != key(first, sends("Save", url=None))


def test_controls_of_rows_are_told_by_their_verb() -> None:
    """What is done to one of many is the same for each, whatever it is called; to archive is not to delete."""

    def presses(name: str) -> str:
        target = element("a", "link", name).model_copy(update={"ancestors": (ROW,)})
        return key(clicks(target))

    assert presses("Delete Cellar") == presses("Delete Attic")
    assert presses("Delete Cellar") != presses("Archive Cellar")


def test_a_tenant_that_an_address_named_is_data() -> None:
    """What a page's query says is the name of a project is no part of the app wherever it stands in a path."""

    def of(tenant: str) -> str:
        return key(
            lambda v: v.open(f"/login?project_id={tenant}"), lambda v: v.open(f"/{tenant}/items"),
            types("Title", form="title"), sends("Save", url=f"/{tenant}/items", to="/save"),
        )  # fmt: skip

    assert of("ski") == of("flat")
    there = types("Title", form="title"), sends("Save", url="/ski/items", to="/save")
    assert of("ski") != key(lambda v: v.open("/ski/items"), *there)


def test_a_thing_is_put_into_the_cart_wherever_it_is_seen() -> None:
    """From the list or from its own page, and the user stays there."""

    def puts(path: str) -> str:
        return key(lambda visitor: visitor.open(path), posts("Add to basket", "/basket", url=path))

    assert puts("/books") == puts("/books/7") != key()


def test_the_delete_key_is_a_button_that_stands_everywhere() -> None:
    """What is pressed for a thing is what the button in the bar is clicked for; in a field it is a letter's end."""
    bar = (Ancestor(tag="div", role="toolbar"),)

    def presses(tag: str, role: str) -> Acts:
        target = element(tag, role, "Cellar")
        return lambda visitor: visitor.came(visitor.add(Press, target=target, key="Delete"), alert("In the trash."))

    pressed = key(presses("tr", "row"))
    assert pressed == key(posts("Delete", "/delete", alert("In the trash."), ancestors=bar))
    assert key() != pressed != key(presses("input", "textbox"))


def test_what_a_dialog_asked_tells_what_was_said_yes_to() -> None:
    """However it was come to, and whichever thing it names; a question about something else is another activity."""

    def says_yes(asked: str, *before: Acts) -> str:
        dialog = (Ancestor(tag="div", role="dialog", name=asked),)
        return key(*before, posts("Confirm", "/users/7", ancestors=dialog, test_id="confirm"))

    def opens(caption: str) -> Acts:
        return lambda visitor: visitor.came(visitor.add(Click, target=element("button", "button", caption)), alert("?"))

    plain = says_yes("Delete user?")
    assert plain == says_yes("Delete users?")
    assert plain == says_yes("Delete user 7?", opens("Delete this user")) == says_yes("Delete user?", opens("Remove"))
    assert plain != says_yes("Disable user?")


def test_where_in_a_list_something_is_dropped_is_data() -> None:
    """To move a card is the same whichever card it is dropped on."""

    menu = (Ancestor(tag="li", role="treeitem"), Ancestor(tag="nav", role="navigation"))

    def drops(name: str, onto: Element | None = None) -> str:
        onto = onto or element("li", "listitem", name)
        return key(lambda v: nothing(v.add(Drag, target=element("button", "button", "Drag News"), onto=onto)))

    assert drops("About") == drops("Contact")
    assert drops("", element("a", "link", "Archive", *menu)) == drops("", element("a", "link", "Bills", *menu))


def test_a_heading_that_says_no_is_a_refusal() -> None:
    """`You did not pass` is another outcome than `You passed`; the name of what was made says nothing of it."""
    passed, failed = (
        key(types("Answer", "42"), sends("Hand in", heading(text))) for text in ("Passed", "You did not pass")
    )
    assert passed != failed
    named = key(types("Title", "Wrong currency"), sends("Save issue", heading("Wrong currency")))
    assert named == PLAIN


def test_a_question_is_no_refusal() -> None:
    """`This cannot be undone` is what dialogs say before anything is done."""

    def asks(visitor: Visitor) -> None:
        dialog = element("div", "alertdialog", "Delete Cellar? This action cannot be undone.")
        visitor.came(visitor.add(Click, target=element("button", "button", "Delete")), Appeared(element=dialog))

    sure = sends("Yes, delete", alert("Deleted."), url=None)
    assert "refused" not in str(shape_of(asks, sure))
    assert "refused" in str(shape_of(types("Title"), REFUSED))


def test_what_was_wrong_while_it_was_typed_is_why_nothing_was_sent() -> None:
    """A field that says no at once, and a button that then does nothing."""

    def types_wrong(visitor: Visitor) -> None:
        cause = visitor.write("Name", "churn")
        visitor.came(cause, alert("A model of that name already exists."))

    def presses(visitor: Visitor) -> None:
        visitor.add(Click, target=element("button", "button", "Create").model_copy(update={"type": "submit"}))

    assert "refused" in str(shape_of(types_wrong, presses))


def test_names_of_pages_in_wikis_are_data() -> None:
    """What stands after the script or after `wiki` is the name of a page, with the space that it is in; special pages
    are the app's own, however their address is spelled."""

    def on(address: str) -> str:
        return key(lambda v: v.open(address), types("Text", form="text"), sends("Save", url=address, to=address))

    assert on("/index.php/Tomato") == on("/index.php/Rain_barrel") != on("/index.php/Talk:Tomato")
    assert on("/wiki/Tomato") == on("/wiki/Rain_barrel")
    assert on("/index.php/Special:Upload") == on("/index.php?title=Special:Upload") != on("/index.php/Special:Block")


def test_made_up_ids_name_nothing() -> None:
    """A field that nothing but such an id tells is one by its kind."""

    def of(made: str) -> str:
        return key(types("", form="title"), lambda v: nothing(v.add(Upload, target=_file(made), files=("a.png",))))

    assert of("html5_1k8cbkrkv1tqv1s4oe") == of("html5_1k8ccpo9p7c4om2lk")


def _file(made: str) -> Element:
    return Element(tag="input", role="button", id=made, type="file")


def test_the_name_of_a_thing_refuses_nothing() -> None:
    """What sounds like a refusal and is no more than what was typed."""
    named = key(types("Title", "Strap is too short"), sends("Save issue", heading("Strap is too short")))
    assert named == PLAIN


def test_help_beside_a_form_that_was_taken_refuses_nothing() -> None:
    """A long text about what may go wrong, on a page that says that it was done; without that it is a refusal."""
    text = (
        "When a request returns no content, or the page does not contain any text, this is an error, unless it is not."
    )
    told = (alert(text.ljust(130, ".")), alert("Settings updated."))
    assert key(types("Title"), sends("Save issue", *told)) == PLAIN
    assert key(types("Title"), sends("Save issue", told[0])) != PLAIN


def test_a_page_that_asks_for_what_is_missing_refuses() -> None:
    """A form sent off empty, and right the second time, is the same as the one that was right at once."""
    empty = sends("Save", alert("Please enter a name."), url=None)
    name = types("Name", "Ada", form="name")
    assert key(empty, name, sends("Save")) == key(name, sends("Save"))
    assert key(empty) != key()


def test_words_of_the_user_refuse_nothing() -> None:
    """A page says back what was typed, whatever that says."""
    said = "Cannot open the cellar"
    assert "refused" not in str(shape_of(types("Title", said), sends("Save", alert(f"Saved: {said}"))))
    assert "refused" in str(shape_of(types("Title", said), sends("Save", alert("Cannot be saved"))))


@pytest.mark.parametrize("told", ["Your username or password is incorrect", "Name in use", "User could not be created"])
def test_what_forms_say_of_what_they_do_not_take_needs_no_mark(told: str) -> None:
    """A plain item of a list that says so is a refusal."""
    item = Appeared(element=element("li", "listitem", told))
    assert "refused" in str(shape_of(types("Name", "ann"), sends("Save", item, url=None)))
