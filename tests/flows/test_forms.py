"""What tells the form that was filled in: which fields, what they held, and what of it is left to the user."""

from bench.flows.synthetic import Visitor, alert, element, heading
from schemas.events import (
    Click,
    Request,
    Select,
    Upload,
)
from tests.flows.acts import (
    SENT,
    Acts,
    key,
    nothing,
    sends,
    types,
)


def test_which_of_many_fields_were_filled_in_is_left_to_the_user() -> None:
    """A form with several fields is the same form with one more of them."""
    two, three = ("First name", "Last name"), ("First name", "Last name", "Company")
    keys = {key(*(types(label) for label in labels), sends("Save")) for labels in (two, three)}
    assert len(keys) == 1


def test_a_field_that_was_corrected_held_nothing_before() -> None:
    """After a refusal the field holds what the user typed: that is no change of something that was there."""
    refused = sends("Save", alert("Please correct the amount."), url=None, status=422)
    again = key(types("Amount", "1o"), types("To"), refused, types("Amount", "10", before="1o"), sends("Save"))
    assert again == key(types("Amount", "10"), types("To"), sends("Save"))


def test_a_form_is_told_from_another_on_its_page() -> None:
    """Two forms with several fields, both sent off by a bare button, are two things to do where the recorder tells the
    forms apart; which of its fields were filled in is left to the user, down to one."""
    issue = key(types("Title", form="title"), types("Keyword", "damp", form="title"), sends("Save"))
    plain = key(types("Title", form="title"), sends("Save"))
    other = key(types("Name", form="name"), types("Phone", "123", form="name"), sends("Save"))
    assert issue == plain
    assert issue != other


def test_what_is_changed_in_a_form_is_not_what_is_new_in_it() -> None:
    """A form of one place that makes things when it is empty, and changes them when it is not, is two things to do;
    which of its fields is changed, or filled in for the first time, makes no difference."""
    new = key(types("Title", form="Title"), sends("Save"))
    changed = key(types("Title", "Dry cellar", before="Wet cellar", form="Title", holds=True), sends("Save"))
    other = key(types("Phone", "123", form="Title", holds=True), sends("Save"))
    assert changed == other != new
    with_default = key(types("Title", form="Title"), types("Port", "81", before="80", form="Title"), sends("Save"))
    assert with_default == new


def test_a_form_with_a_password_may_make_something() -> None:
    """A password in a form that is saved, or that makes an account, signs nobody in."""

    def with_password(button: str) -> str:
        def act(visitor: Visitor) -> None:
            visitor.open("/start")
            visitor.write("Name", "lake")
            visitor.write("Password", "secret", secret=True)
            visitor.send(button, "POST", "/things", heading("Done"), url="/things/4")

        return key(act)

    assert with_password("Log in") == with_password("Continue")
    assert with_password("Save") != with_password("Log in")
    assert with_password("Create account") != with_password("Log in")


def test_a_form_that_comes_back_refused_is_the_one_that_was_tried() -> None:
    """The page shows what it refused in a form of its own, which holds what was typed."""
    again = types("Title", "Wet cellar", before="x", form="again", holds=True)
    refused = sends("Save", alert("Title is too short."), url=None, status=422)
    assert key(types("Title", "x", form="title"), refused, again, sends("Save")) == key(*SENT)


def _changes_at(path: str, *acts: Acts) -> str:
    """The flow of who fills in a form there that held something, and saves it."""
    return key(lambda visitor: visitor.open(path), *acts, sends("Save", url=path))


def test_of_settings_it_makes_no_difference_what_is_changed() -> None:
    """Chosen from a list, whichever, or typed."""
    typed = _changes_at("/my/account", types("Name", "Ann", before="An", form="name", holds=True))
    assert _changes_at("/my/account", picks("Zone")) == _changes_at("/my/account", picks("Language")) == typed


def test_what_is_only_chosen_for_a_thing_tells_what_was_done_to_it() -> None:
    """To close it is not to give it to somebody else; with a remark it is the same, and what follows from the first
    choice makes no difference. Once something is typed, the thing was edited, whatever was chosen besides."""
    remark = types("Comment", "Done.", form="name", holds=True)
    renamed = types("Name", "Ann", before="An", form="name", holds=True)
    described = types("Title", "Dry", before="Wet", form="name", holds=True)
    closed, given = _changes_at("/issues/7", picks("Status")), _changes_at("/issues/7", picks("Assignee"))
    assert closed != given
    assert _changes_at("/issues/7", picks("Status"), remark) == closed
    assert _changes_at("/issues/7", picks("Status"), picks("Progress")) == closed
    edited = _changes_at("/issues/7", renamed)
    assert edited not in (closed, given)
    assert edited == _changes_at("/issues/7", described) == _changes_at("/issues/7", renamed, picks("Status"))


def picks(label: str) -> Acts:
    """Chooses from a list in a form that held something."""
    field = element("select", "combobox", label).model_copy(update={"form": "name", "form_holds": True})
    options = ({"value": "1", "label": "High"},)
    return lambda visitor: nothing(visitor.add(Select, target=field, options=options))


def test_settings_are_changed_whether_they_held_something_or_not() -> None:
    """Nobody makes settings: the first name that a user gives there is the change that the next one is."""

    def at(act: Acts) -> str:
        return key(lambda visitor: visitor.open("/preferences"), act, sends("Save", url="/preferences"))

    changed = types("Real name", "Ada", before="Bo", form="prefs / realname", holds=True)
    assert at(types("Real name", form="prefs / realname")) == at(changed)


def test_a_remark_changes_no_thing() -> None:
    """Though it stands in the form of one, and may quote what it answers; with something else it is a change."""
    comment = types("Comment", "I see it too.", form="title", holds=True)
    quoting = types("Comment", "> Wet\nI see it too.", before="> Wet\n", form="title", holds=True)
    changed = types("Title", "Dry", before="Wet", form="title", holds=True)
    assert key(comment, sends("Save")) == key(quoting, sends("Save"))
    assert key(comment, changed, sends("Save")) == key(changed, sends("Save")) != key(comment, sends("Save"))


def test_side_fields_count_where_their_form_is_known() -> None:
    """A summary is all that some forms ask for; what is chosen beside it makes no other flow."""
    level = element("select", "combobox", "Level").model_copy(update={"form": "title"})

    def grades(visitor: Visitor) -> None:
        visitor.add(Select, target=level, options=({"value": "1", "label": "High"},))

    summary = types("Summary", "Wet cellar", form="title")
    assert key(summary, grades, sends("Create issue")) == key(summary, sends("Create issue"))


def test_a_form_of_what_was_there_may_be_changed_by_controls_of_its_own() -> None:
    """Who picks from a list of the page's own making and saves has changed what the form held."""
    target = element("button", "button", "Save").model_copy(
        update={"type": "submit", "form": "title", "form_holds": True}
    )

    def saves(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=target)
        visitor.add(Request, method="POST", url=f"{visitor.home}/issues", status=200, cause=cause)
        visitor.came(cause, heading("Wet cellar"), url="/issues/7")

    assert key(types("Title", "Dry", before="Wet", form="title", holds=True), saves) == key(saves)


def test_a_file_that_was_chosen_tells_its_form() -> None:
    """With a description or without."""
    file = element("input", "button", "File").model_copy(update={"type": "file", "form": "upload / file"})

    def picks(visitor: Visitor) -> None:
        visitor.add(Upload, target=file, files=("a.png",))

    described = types("Summary", form="upload / file")
    assert key(picks, sends("Upload")) == key(picks, described, sends("Upload"))


def test_fields_that_tell_no_form_are_of_the_form_that_is_sent_off() -> None:
    """An editor in a frame of its own says nothing of the form around it; the button does."""
    target = element("button", "button", "Save").model_copy(update={"type": "submit", "form": "title"})

    def saves(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=target)
        visitor.add(Request, method="POST", url=f"{visitor.home}/issues", status=200, cause=cause)
        visitor.came(cause, heading("Wet cellar"), url="/issues/7")

    assert key(types("Body"), saves) == key(types("Title", form="title"), saves)
