"""Values of the environment are typed where the page itself asks for them, whatever events say of a field."""

import pytest

from pipeline.codegen import check_code, write_test
from schemas.elements import ByTitle, Candidate, Element
from schemas.events import Typed
from schemas.stories import ClickStep, FillStep
from tests.codegen.by_hand import at, base, by_label, by_role, goes, secret, story, types_into


@pytest.mark.parametrize(
    ("target", "typed"),
    [
        (by_label("Password"), 'fill_credential(page.get_by_label("Password"), os.environ["APP_PASSWORD"])'),
        (by_label("Heslo", tag="textarea"), 'fill_credential(page.get_by_label("Heslo"), os.environ["APP_PASSWORD"])'),
        (by_label("Note", tag="textarea"), 'page.get_by_label("Note").fill("some text")'),
        (by_label("Note", type="text", autocomplete="off", id="note"), 'page.get_by_label("Note").fill("some text")'),
        (by_label("Note", type="password"), """page.get_by_label("Note").locator('xpath=self::*[@type="password"]')"""),
        (by_label("Note", name_attribute="a_pwd"), """get_by_label("Note").locator('xpath=self::*[@name="a_pwd"]')"""),
        (by_label("Note", name_attribute='pass"] | //*['), 'page.get_by_label("Note").fill("some text")'),
    ],
)  # fmt: skip
def test_the_password_goes_where_the_page_asks_for_one(target: Element, typed: str) -> None:
    """What events say of a field is not believed: it is found by what says so on the page itself, or a placeholder is
    typed."""
    code = write_test(types_into("/notes", target)).code
    check_code(code)
    assert "".join(typed.split()) in "".join(code.split()), code


_CODE, _CARD = 'os.environ["APP_ONE_TIME_CODE"]', 'os.environ["APP_CARD_NUMBER"]'


@pytest.mark.parametrize(
    ("kind", "target", "typed"),
    [
        ("otp", by_label("Verification code"), f'fill_credential(page.get_by_label("Verification code"), {_CODE})'),
        ("otp", by_label("Kód"), f'fill_credential(page.get_by_label("Kód"), {_CODE})'),
        ("otp", by_label("Digits", autocomplete="one-time-code"), """'xpath=self::*[@autocomplete="one-time-code"]'"""),
        ("otp", by_label("Source code"), 'page.get_by_label("Source code").fill("'),
        ("otp", by_label("Discount code"), 'page.get_by_label("Discount code").fill("'),
        ("otp", by_label("Note", id="barcode"), 'page.get_by_label("Note").fill("'),
        ("otp", by_label("Note", tag="textarea"), 'page.get_by_label("Note").fill("some text")'),
        ("otp", by_label("Note", type="tel"), 'page.get_by_label("Note").fill("5550100")'),
        ("card", by_label("Card number"), f'fill_credential(page.get_by_label("Card number"), {_CARD})'),
        ("card", by_label("Number", autocomplete="cc-number"), """'xpath=self::*[@autocomplete="cc-number"]'"""),
        ("card", by_label("Password"), 'page.get_by_label("Password").fill("some text")'),
        ("card", by_label("Note", tag="textarea"), 'page.get_by_label("Note").fill("some text")'),
        ("password", by_label("Card number"), 'page.get_by_label("Card number").fill("some text")'),
    ],
)  # fmt: skip
def test_codes_and_cards_go_where_the_page_asks_for_them(kind: str, target: Element, typed: str) -> None:
    """The rule of passwords is that of all secrets: each kind into fields that the page itself calls so."""
    code = write_test(types_into("/notes", target, kind)).code
    check_code(code)
    assert "".join(typed.split()) in "".join(code.split()), code


@pytest.mark.parametrize(
    ("target", "typed"),
    [
        (by_label("User name"), 'fill_credential(page.get_by_label("User name"), os.environ.get("APP_USER") or "ada")'),
        (by_label("Who", type="email"), """'xpath=self::*[@type="email"]'"""),
        (by_label("Who", in_password_form=True), """[ancestor::*[.//input[@type="password"]]]'"""),
        (by_label("Note", tag="textarea"), 'page.get_by_label("Note").fill("ada")'),
    ],
)  # fmt: skip
def test_the_login_name_goes_where_the_page_asks_for_one(target: Element, typed: str) -> None:
    """A comment beside which a password is typed later gets the name of the recording, not the tester's."""
    name = FillStep(target=target, value=Typed(text="ada"), **base(at("/login")))
    password = FillStep(target=by_label("Password", type="password"), value=secret(), **base(at("/login")))
    enters = ClickStep(target=by_role("button", "button", "Sign in"), **base(at("/login"), at("/home")))
    code = write_test(story(goes("/"), goes("/login"), name, password, enters)).code
    check_code(code)
    assert "".join(typed.split()) in "".join(code.split()), code


@pytest.mark.parametrize(("label", "fixture"), [("Password", "fill_credential(page"), ("Note", '.fill("some text")')])
def test_a_shown_secret_goes_where_the_page_asks_for_one(label: str, fixture: str) -> None:
    """A story that reads a key of the page, and says of a comment that it was typed there, does not publish it."""
    key = Candidate(locator=ByTitle(value="key"), count=1)
    shown = secret(shown_in={"candidates": (key,), "before": "API key: ", "after": ""})
    fill = FillStep(target=by_label(label), value=shown, **base(at("/notes")))
    code = write_test(story(goes("/"), goes("/notes"), fill)).code
    check_code(code)
    assert fixture in code, code
    assert ("inner_text" in code) == (label == "Password")
