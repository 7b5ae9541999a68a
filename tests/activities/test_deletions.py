"""What deletes a thing, whatever the words are by which it is asked for and said yes to."""

import pytest

from pipeline.semantics.text import caption
from pipeline.semantics.verbs import DELETE
from tests.stories.by_hand import HOME, Journey, button, heading, link

YES = (
    "Yes I Understand - Delete It Anyway",
    "I Understand - Delete It Anyway",
    "I am sure, delete the ticket",
    "Yes, delete",
    "Yes, remove",
    "Yes I understand, please delete this",
    "Confirm delete",
    "OK, remove it.",
    "Ja, trotzdem löschen",
    "OK, erase everything",
    "Ja, den Ordner löschen",
    "Ich verstehe, trotzdem löschen",
    "Sí, quiero eliminarlo",
    "Oui, je veux supprimer ce billet",
)
NO = (
    "No, Don't Delete It",
    "Yes, but don't delete it",
    "I understand, do not remove it",
    "Yes, keep what I deleted",
    "Continue without deleted posts",
    "Ja, aber nichts löschen, Ordner behalten",
    "Sí, no eliminar",
    "Oui, ne pas supprimer",
    "The crew asked us to delete it",
    "OK, archive without delete",
    "Yes, undo delete",
    "OK, I won't delete it",
    "Yes - won’t delete",
    "Yes, archive instead of delete",
    "OK, delete it before the sale? Never",
    "Confirm no delete",
    "I agree to the delete policy",
    "I understand that I cannot delete this later",
    "Continue to Delete Requests",
    "Continue - remove ads for $5",
    "Ja, ohne löschen fortfahren",
    "Ja, nicht löschen",
    "Oui, archiver sans supprimer",
    "Oui, n'effacer rien",
    "Continuar sin eliminar",
    "Confirmar antes de borrar",
)


@pytest.mark.parametrize("words", YES)
def test_who_agrees_in_other_words_deletes(words: str) -> None:
    """The verb stands behind the yes."""
    assert DELETE.search(caption(button(words)))


@pytest.mark.parametrize("words", NO)
def test_who_declines_or_tells_of_it_deletes_nothing(words: str) -> None:
    """A no, a yes to something else, and a sentence about it."""
    assert not DELETE.search(caption(button(words)))


def _deleted(yes: str, page: str = "books/7/delete/", asks: bool = True) -> str:
    """The title of a journey that opens a thing, asks a page to delete it, and answers that there."""
    journey = Journey().opens(f"{HOME}books").click(link("Red sea")).leads_to(f"{HOME}books/7")
    journey.shows_new(heading("Red sea")).click(button("Actions"))
    journey.click(link("Delete", href="/books/7/delete/")).asks(f"{HOME}{page}", "GET").leads_to(HOME + page)
    journey.shows_new(heading("Are you sure?")).click(button(yes, type="submit"))
    if asks:
        journey.asks(f"{HOME}books")
    return journey.leads_to(f"{HOME}books").end().story().title


@pytest.mark.parametrize("yes", ["Yes I Understand - Delete It Anyway", "Yes, I'm sure", "Confirm", "OK"])
def test_a_page_whose_address_asks_for_it_deletes_by_a_yes(yes: str) -> None:
    """The entry of the menu only led there."""
    assert _deleted(yes) == "Delete 'Red sea'"


@pytest.mark.parametrize(
    ("yes", "page"),
    [
        ("Confirm", "books/7/lend/"),
        ("Back to the books", "books/7/delete/"),
        ("Accept all cookies", "books/7/delete/"),
        ("Continue with Google", "books/7/delete/"),
        ("OK for now", "books/7/delete/"),
    ],
)
def test_a_yes_elsewhere_and_another_button_there_delete_nothing(yes: str, page: str) -> None:
    """The page must ask it, and the button must say yes."""
    assert not _deleted(yes, page).startswith("Delete ")


@pytest.mark.parametrize("yes", ["OK", "Accept all cookies"])
def test_a_note_that_is_put_away_on_such_a_page_deletes_nothing(yes: str) -> None:
    """The page stays, and is left by a link."""
    page = f"{HOME}books/7/delete/"
    journey = Journey().opens(f"{HOME}books").click(link("Red sea")).leads_to(f"{HOME}books/7")
    journey.shows_new(heading("Red sea")).click(button("Actions"))
    journey.click(link("Delete", href="/books/7/delete/")).asks(page, "GET").leads_to(page)
    journey.shows_new(heading("Are you sure?")).click(button(yes)).asks(f"{HOME}consent")
    journey.click(link("Back to the books")).leads_to(f"{HOME}books")
    assert not journey.end().story().title.startswith("Delete ")
