"""The shop's visitors: who they are, and what each does in a real browser.

They know nothing of the recorder. Several do the same thing with values of their own, so that their stories meet in
one flow.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from agents.demo.stock import PASSWORD

KEY_MS = 15
"""Between two keys of a quick typist."""


@dataclass(frozen=True)
class Visit:
    """One person's visit: `who` came, `why`, and what they do with the page."""

    who: str
    why: str
    act: Callable[[Page], None]


def _type(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).press_sequentially(text, delay=KEY_MS)


def _submit_sign_in(page: Page, email: str, password: str) -> None:
    _type(page, "E-mail", email)
    _type(page, "Password", password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def _sign_in(email: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.goto("/")
        page.get_by_role("link", name="Sign in").click()
        _submit_sign_in(page, email, PASSWORD)
        page.get_by_role("heading", name="Welcome back").wait_for()

    return act


def _forget_the_password(page: Page) -> None:
    page.goto("/sign-in")
    _submit_sign_in(page, "ben@ferry.example", "quay-lantern-24")
    page.get_by_role("alert").wait_for()


def _sign_in_at_the_second_try(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign in").click()
    _submit_sign_in(page, "cleo@ferry.example", "quay-lamp-42")
    page.get_by_role("alert").wait_for()
    page.get_by_label("E-mail").fill("")
    _submit_sign_in(page, "cleo@ferry.example", PASSWORD)
    page.get_by_role("heading", name="Welcome back").wait_for()


def _search(words: str, title: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.goto("/catalogue")
        page.get_by_role("listitem").first.wait_for()
        _type(page, "Search the catalogue", words)
        page.get_by_text("8 books").wait_for(state="hidden")
        page.get_by_role("link", name=title).click()
        page.get_by_role("heading", name=title).wait_for()

    return act


def _fill_in_a_book(page: Page) -> None:
    page.goto("/sign-in")
    _submit_sign_in(page, "dan@ferry.example", PASSWORD)
    page.get_by_role("link", name="Add a book").click()
    _type(page, "Title", "Maps of the Inner Sea")
    _type(page, "Author", "Ruth Okello")
    page.get_by_label("Genre").select_option("History")
    page.get_by_label("Published on").fill("2023-08-15")
    page.get_by_label("Available as a paperback").check()
    page.get_by_role("button", name="Save the book").click()


def _add_a_book(page: Page) -> None:
    _fill_in_a_book(page)
    page.get_by_role("heading", name="Maps of the Inner Sea").wait_for()


def _fail_to_add_a_book(page: Page) -> None:
    _fill_in_a_book(page)
    page.get_by_text("can't be saved").wait_for()


def _change_my_mind(page: Page) -> None:
    page.goto("/books/night-train-north")
    page.get_by_role("button", name="Add to my list").click()
    page.get_by_role("button", name="Remove Night Train North").click()
    page.get_by_role("button", name="Yes, remove it").click()
    page.get_by_text("Your list is empty.").wait_for()


def _buy(
    slug: str, name: str, street: str, town: str, country: str, button: str = "Place the order"
) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.goto(f"/books/{slug}")
        page.get_by_role("button", name="Add to basket").click()
        page.get_by_role("link", name="Check out").click()
        _type(page, "Full name", name)
        _type(page, "Street", street)
        _type(page, "Town", town)
        page.get_by_label("Country").select_option(country)
        page.get_by_role("button", name="Continue to delivery").click()
        page.get_by_label("Express, tomorrow").check()
        page.get_by_label("Wrap it as a gift").check()
        page.get_by_role("button", name="Continue to review").click()
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name="Thank you").wait_for()

    return act


VISITS = (
    Visit("Ada", "signs in", _sign_in("ada@ferry.example")),
    Visit("Ben", "has forgotten the password", _forget_the_password),
    Visit("Cleo", "looks for a harbour", _search("harbour", "Harbour Lights")),
    Visit("Dan", "adds a book", _add_a_book),
    Visit("Ella", "puts a book on the list and changes her mind", _change_my_mind),
    Visit("Finn", "buys a book", _buy("salt-and-smoke", "Finn Aas", "Quay 7", "Bergen", "Norway")),
    Visit("Dan", "signs in", _sign_in("dan@ferry.example")),
    Visit("Cleo", "gets the password wrong, then right", _sign_in_at_the_second_try),
    Visit("Gita", "looks for bread", _search("bread", "Bread Before Dawn")),
    Visit("Hugo", "buys a book", _buy("salt-and-smoke", "Hugo Reis", "Rua da Barca 12", "Porto", "Portugal")),
)
"""In the order of their coming."""

LATER = tuple(
    Visit(who, why, act)
    for who, town, country in (("Ines", "Porto", "Portugal"), ("Jon", "Bergen", "Norway"), ("Kari", "Cork", "Ireland"))
    for why, act in (
        ("buys a book", _buy("salt-and-smoke", f"{who} Sund", "Quay 3", town, country, "Buy now")),
        ("can't add a book", _fail_to_add_a_book),
    )
)
"""Those who come once the shop has changed."""
