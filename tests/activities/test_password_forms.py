"""What forms with a password were for, and whether the app took them: one reading, by the strongest evidence."""

from collections.abc import Callable
from typing import Any, Self

import pytest

from pipeline.activities.forms.password_forms import PasswordForm, Purpose, password_forms
from pipeline.activities.verdicts import Verdict
from pipeline.codegen import write_test
from schemas.elements import Ancestor, ByRole, Candidate, Element
from schemas.events import Appeared, Effect, Fill, Gone, Page, StateChanged, TextChanged, Typed, ValueChanged
from tests.stories.by_hand import HOME, Journey, alert, button, heading, link, textbox

LOGIN = f"{HOME}login"
Acts = Callable[["Visit"], Any]


class Visit(Journey):
    """A journey with fields that hold passwords by a token."""

    def types(self, label: str, text: str) -> Self:
        self.fill(textbox(label), text)
        return self

    def secret(self, token: str = "right", label: str = "Password") -> Self:
        target = Element(tag="input", type="password", role="textbox", name=label, label=label, in_password_form=True)
        self.add(Fill, target=target, value=Typed(secret="password", token=token))
        return self

    def enters(self, token: str = "right", user: str = "ann", words: str = "Log in") -> Self:
        self.types("User name", user).secret(token).click(button(words))
        return self

    def new_page(self, url: str, *changes: Any) -> Self:
        """The last click loads a page."""
        self.leads_to(url).shows_new(*changes)
        return self

    def same_page(self, *changes: Any, cause: int = -1) -> Self:
        """The page shows something else without another address."""
        asked = self.events[cause].id
        self.add(Effect, 100, cause=asked, after=self.page, changes=changes)
        return self

    def form_goes(self, *came: Any) -> Self:
        gone = Gone(element=Element(role="textbox", name="Password", text="Password"))
        return self.same_page(gone, *(Appeared(element=one) for one in came))


def at(url: str = LOGIN) -> Visit:
    visit = Visit()
    visit.opens(url, Appeared(element=heading("Welcome to the app")))
    return visit


def forms(visit: Visit) -> list[PasswordForm]:
    story = visit.story()
    return list(password_forms(story.steps, story.network_requests))


def hidden(text: str) -> Appeared:
    return Appeared(element=Element(tag="div", text=text, classes=("error",), visible=False))


def aside(text: str) -> Element:
    there = (Ancestor(tag="aside", role="complementary"),)
    return Element(tag="p", text=text, classes=("error",), ancestors=there)


WRONG = alert("Wrong user name or password.")


def titled(before: str, after: str) -> Visit:
    """A sign-in on a page drawn by a script, which keeps its address and takes another title."""
    visit = Visit()
    visit.opens(LOGIN)
    visit.page = Page(url=LOGIN, title=before)
    visit.enters()
    cause = visit.events[-1].id
    visit.page = Page(url=LOGIN, title=after)
    visit.add(Effect, 100, cause=cause, after=visit.page, changes=())
    return visit


SIGN_INS: list[tuple[str, Visit, Verdict]] = [
    ("leads to another page", at().enters().new_page(f"{HOME}home", heading("Home")), "accepted"),
    ("an alert on the page behind it", at().enters().new_page(f"{HOME}jobs", alert("3 jobs failed")), "accepted"),
    (
        "an error class on the page behind it",
        at().enters().new_page(f"{HOME}home", alert("Disk error", "error")),
        "accepted",
    ),
    ("an error text that is hidden", at().enters().same_page(hidden("Invalid password")), "unknown"),
    ("words of an aside", at().enters().same_page(Appeared(element=aside("Sorry, no news today"))), "unknown"),
    ("the form is gone", at().enters().form_goes(heading("Inbox")), "accepted"),
    ("the form is gone and a message complains", at().enters().form_goes(alert("Could not load the news")), "accepted"),
    ("the user signs out later", at().enters().same_page().click(link("Log out")), "accepted"),
    (
        "an overview with figures that sound wrong",
        at().enters().same_page(*(Appeared(element=heading(one, 3)) for one in ("Up", "Down", "Unknown", "Failed"))),
        "unknown",
    ),
    ("another title, same address", titled("Sign - Login", "Sign"), "accepted"),
    ("another title that says so", titled("Sign - Login", "Access denied"), "unknown"),
    ("a title that still names it", titled("Sign - Login", "Sign - Login (1)"), "unknown"),
    ("comes back with words", at().enters("wrong").new_page(LOGIN, WRONG), "refused"),
    (
        "words without an alert, same page",
        at().enters("wrong").same_page(Appeared(element=Element(tag="p", text="Invalid credentials"))),
        "refused",
    ),
    ("status, nothing to be seen", at().enters("wrong").asks(f"{HOME}api/login", status=401).same_page(), "refused"),
    (
        "status of a request beside it",
        at().enters().asks(f"{HOME}api/session").asks(f"{HOME}ping", status=500).new_page(f"{HOME}home"),
        "accepted",
    ),
    ("loads the very same page", at().enters("wrong").new_page(LOGIN), "refused"),
    (
        "the text of a note becomes another",
        at()
        .enters("wrong")
        .same_page(TextChanged(element=Element(tag="span", classes=("error",)), before="", after="Login failed")),
        "refused",
    ),
    ("an address that says so", at().enters("wrong").new_page(f"{HOME}login/failed", WRONG), "refused"),
    ("from a side bar of the start page", at(HOME).enters("wrong").new_page(LOGIN, WRONG), "refused"),
    ("in a side bar, the page stays", at(HOME).enters().new_page(HOME, heading("Your things")), "unknown"),
    (
        "a hash route",
        at(f"{HOME}#/login").enters().leads_to(f"{HOME}#/queues", how="hash").same_page(cause=-2),
        "accepted",
    ),
    ("a locked account", at().enters().new_page(LOGIN, alert("This account is locked.")), "refused"),
    ("a query alone", at(f"{HOME}p?do=login").enters().new_page(f"{HOME}p?id=1", heading("Notes")), "unknown"),
    (
        "a form in which the name is asked for first",
        at()
        .types("E-mail", "ann@example.com")
        .click(button("Next"))
        .secret()
        .click(button("Next"))
        .new_page(f"{HOME}mail"),
        "accepted",
    ),
    (
        "a second page for the password",
        at()
        .types("E-mail", "ann@example.com")
        .click(button("Next"))
        .new_page(f"{HOME}login/password")
        .secret("wrong")
        .click(button("Next"))
        .new_page(f"{HOME}login/password", WRONG),
        "refused",
    ),
]


@pytest.mark.parametrize(("visit", "verdict"), [pytest.param(v, w, id=name) for name, v, w in SIGN_INS])
def test_a_sign_in_is_judged_by_the_strongest_evidence(visit: Visit, verdict: Verdict) -> None:
    """What came after counts more than the answer's status, that more than the form, and words least."""
    (form,) = forms(visit)
    assert (form.purpose, form.answer.verdict) == ("sign in", verdict), form.answer


def _in() -> Visit:
    return at().enters().new_page(f"{HOME}home", heading("Home"))


def _go(visit: Visit, url: str) -> Visit:
    visit.click(link("Users")).leads_to(url)
    return visit


def _made(visit: Visit, words: str = "Save") -> Visit:
    return visit.types("Name", "bob").secret("new").click(button(words)).new_page(f"{HOME}users", heading("Users"))


OTHERS: list[tuple[str, Visit, Purpose]] = [
    ("an administrator makes an account", _made(_go(_in(), f"{HOME}users")), "make account"),
    (
        "with the password twice",
        _go(_in(), f"{HOME}users")
        .types("Name", "bob")
        .secret("new")
        .secret("new", "Repeat password")
        .click(button("Save")),
        "make account",
    ),
    ("in a dialog of the same page", _made(at().enters().form_goes(), "OK"), "make account"),
    (
        "somebody signs up",
        at(f"{HOME}register").types("Name", "bob").secret("new").click(button("Create account")),
        "sign up",
    ),
    (
        "with the password twice, without words",
        at(f"{HOME}start").types("Name", "bob").secret("new").secret("new", "Again").click(button("Go")),
        "sign up",
    ),
    (
        "the password is changed",
        _go(_in(), f"{HOME}me")
        .secret("right", "Current password")
        .secret("new", "New password")
        .secret("new", "Repeat")
        .click(button("Change")),
        "change password",
    ),
    (
        "a forgotten password is set anew",
        at(f"{HOME}reset/x").secret("new", "New password").secret("new", "Repeat").click(button("Set")),
        "change password",
    ),
    (
        "an account is made where the page marks its new password as the one that somebody has",
        _go(_in(), f"{HOME}users?edit")
        .types("Name", "bob")
        .types("Full name", "Bob Hill")
        .secret("new", "Current password")
        .secret("new", "Repeat")
        .click(button("Create")),
        "make account",
    ),
    ("a step-up prompt", _go(_in(), f"{HOME}sudo").secret("right").click(button("Continue")), "confirm"),
    (
        "a prompt before something is deleted",
        _in().click(button("Delete account")).secret("right", "Your password").click(button("Delete")),
        "confirm",
    ),
    (
        "a connection that is kept",
        at(f"{HOME}connections/add").types("Host", "db.example").secret("new").click(button("Save")),
        "keep",
    ),
]


@pytest.mark.parametrize(("visit", "purpose"), [pytest.param(v, p, id=name) for name, v, p in OTHERS])
def test_a_second_form_with_a_password_is_no_second_try(visit: Visit, purpose: Purpose) -> None:
    """Somebody's account is made, a password is changed, or who is signed in proves it once more."""
    found = forms(visit)
    assert found[-1].purpose == purpose
    assert all(form.purpose == "sign in" and not form.refused for form in found[:-1])


def test_an_account_that_an_administrator_makes_is_created() -> None:
    """Whatever the button says, the title tells what was made, and not that somebody signed up."""
    visit = _go(_in(), f"{HOME}users")
    assert _made(visit, "Submit new entry").story().title == "Create the account 'bob'"


def test_a_list_of_the_page_within_a_form_does_not_end_it() -> None:
    """A role is looked for in a list that the page draws, between the name and the password of a new account."""
    visit = _go(_in(), f"{HOME}users/add")
    visit.fill(textbox("Name", form="users"), "bob")
    visit.fill(textbox("Find a role", form="users", classes=("search",)), "Edi").press(textbox("Find a role"), "Enter")
    for label in ("Password", "Repeat"):
        target = textbox(label, form="users").model_copy(update={"type": "password"})
        visit.add(Fill, target=target, value=Typed(secret="password", token="new"))
    story = visit.click(button("Save")).new_page(f"{HOME}users", heading("Users")).story()
    form = list(password_forms(story.steps, story.network_requests))[-1]
    assert (form.purpose, form.login) == ("make account", form.first)
    assert story.title == "Create the user 'bob'"


@pytest.mark.parametrize(
    ("called", "pressed", "purpose"),
    [
        ("loginForm / Username", "Connect", "sign in"),
        ("sign-in-form", "Connect", "sign in"),
        ("connectionForm / Name", "Connect", "keep"),
        ("add-login / Username", "Save", "keep"),
        ("new login / Name", "Add", "keep"),
        ("dbLogin / User", "Add connection", "keep"),
        ("login-settings / Username", "Save", "keep"),
        ("loginUserCreate / Username", "Add user", "keep"),
        ("ftpLoginForm / Host", "Add site", "keep"),
        ("loginForm / Username", "Save", "keep"),
    ],
)
def test_the_name_of_a_form_tells_what_its_button_does_not(called: str, pressed: str, purpose: Purpose) -> None:
    """`Connect` lets somebody in, or keeps the password of a connection: a form called after signing in says which."""
    visit = at(f"{HOME}start").types("Username", "ann")
    target = textbox("Password", form=called).model_copy(update={"type": "password"})
    visit.add(Fill, target=target, value=Typed(secret="password", token="right"))
    story = visit.click(button(pressed)).new_page(f"{HOME}calendar", heading("This week")).story()
    (form,) = password_forms(story.steps, story.network_requests)
    assert form.purpose == purpose


@pytest.mark.parametrize(
    ("words", "outcomes"),
    [
        ("This code is not the right one.", [("sign in", "refused"), ("sign in", "accepted")]),
        ("Please confirm who you are.", [("sign in", "accepted"), ("confirm", "accepted")]),
    ],
)
def test_the_same_form_on_its_own_page_is_another_try(words: str, outcomes: list[tuple[Purpose, Verdict]]) -> None:
    """A small form of the start page may have another label and another button than the one that comes after it; what
    the page says against the first tells it from a question for the password once more."""

    def code(visit: Visit, token: str, label: str) -> Visit:
        target = Element(
            tag="input", type="password", role="textbox", name=label, name_attribute="code", in_password_form=True
        )
        visit.add(Fill, target=target, value=Typed(secret="password", token=token))
        return visit

    gone = Gone(element=Element(role="textbox", name="Your code", text="Your code"))
    told = Appeared(element=Element(tag="p", role="paragraph", text=words))
    visit = code(at(HOME).types("Project", "alps"), "first", "Your code").click(button("Enter"))
    visit.leads_to(f"{HOME}entrance").shows(told, gone)
    visit = code(visit, "second", "Code").click(button("Go on"))
    found = forms(visit.new_page(f"{HOME}alps/", heading("Alps")))
    assert [(form.purpose, form.answer.verdict) for form in found] == outcomes


def test_an_accepted_password_is_never_a_wrong_one() -> None:
    """The administrator's own password is read from the environment, the new account's stands in the test."""
    code = write_test(_made(_go(_in(), f"{HOME}users")).story()).code
    assert code.count('os.environ["APP_PASSWORD"]') == 1
    assert code.count('fill("Another-pass-word-11")') == 1  # many an app wants two digits
    assert "not-the-password" not in code


def test_the_new_account_signs_in_with_what_the_test_made_up() -> None:
    """A password belongs to the login name beside it, also where the administrator's is the same."""
    visit = _made(_go(_in(), f"{HOME}users")).click(link("Log out")).leads_to(LOGIN)
    visit.enters("new", "bob").new_page(f"{HOME}home", heading("Home"))
    code = write_test(visit.story()).code
    assert code.count('os.environ["APP_PASSWORD"]') == 1
    assert code.count("Another-pass-word-11") == 2
    assert 'fill("bob")' in code


def test_two_people_have_a_password_each() -> None:
    """The one who signs in more often is APP_USER; of equal ones the last."""
    visit = _in().click(link("Log out")).leads_to(LOGIN)
    visit.enters("other", "bob").new_page(f"{HOME}home", heading("Home"))
    code = write_test(visit.story()).code
    for name, number in (("ann", "_2"), ("bob", "")):
        assert f'os.environ.get("APP_USER{number}") or "{name}"' in code
        assert f'os.environ["APP_PASSWORD{number}"]' in code


@pytest.mark.parametrize("withheld", [Typed(secret="password", token="demo"), Typed(text="•••")])
def test_a_login_name_that_is_the_password_as_well_is_a_login_name(withheld: Typed) -> None:
    """The recorder withholds it, as it has the password's text: it is read from the environment, as a name."""
    visit = at()
    visit.add(Fill, target=textbox("User name"), value=withheld)
    visit.secret("demo").click(button("Log in")).new_page(f"{HOME}home", heading("Home"))
    story = visit.story()
    (form,) = password_forms(story.steps, story.network_requests)
    assert (form.purpose, len(form.passwords)) == ("sign in", 1)
    code = write_test(story).code
    assert 'os.environ["APP_USER"]' in code
    assert code.count('os.environ["APP_PASSWORD"]') == 1


def test_a_right_password_with_a_wrong_name_stays_right() -> None:
    """The name was misspelt, the password was not."""
    visit = at().enters("right", "anm").new_page(LOGIN, WRONG).enters().new_page(f"{HOME}home", heading("Home"))
    code = write_test(visit.story()).code
    assert code.count('os.environ["APP_PASSWORD"]') == 2
    assert 'fill("anm")' in code


def test_a_button_that_waits_for_the_answer_is_not_asserted_as_disabled() -> None:
    """The button of a sign-in is disabled until the app has answered: that says nothing, and is soon over."""
    visit = at().enters().same_page(StateChanged(element=waiting("Log in"), state="disabled", after=True))
    assert "to_be_disabled" not in write_test(visit.click(link("News")).story()).code


def waiting(name: str) -> Element:
    one = Candidate(locator=ByRole(role="button", name=name), count=1, index=0)
    return button(name, in_password_form=True, candidates=(one,))


def test_the_name_that_the_page_filled_in_is_whose_sign_in_it_is() -> None:
    """An address may name the account: then the password alone is typed. Of several such fields none says who it is."""

    def user(*held: str) -> str:
        visit = Visit()
        fields = [ValueChanged(element=textbox(f"Field {number}"), after=text) for number, text in enumerate(held)]
        visit.opens(f"{LOGIN}?account=chalet", *fields)
        story = visit.secret().click(button("Log in")).new_page(HOME, heading("Bills")).story()
        return password_forms(story.steps, story.network_requests).user(story.steps)

    assert user("chalet") == "chalet"
    assert user() == ""
    assert user("chalet", "Snow") == ""
