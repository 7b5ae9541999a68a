"""Pages in each language that has a lexicon are read alike: what was done doesn't hang on the language of its words."""

import re
from collections.abc import Mapping
from typing import Any, Final

import pytest

from pipeline.activities.classify import activities_of
from pipeline.activities.forms.password_forms import password_forms
from pipeline.activities.intents import goals_of
from pipeline.semantics.generated import fixed_words, parts
from pipeline.semantics.lexicon import DONE_VERBS, LANGUAGES, TABLES, WORDS
from pipeline.semantics.verbs import button_act, link_act
from schemas.elements import Element
from schemas.events import Page
from schemas.stories import Story
from tests.stories.by_hand import HOME, Journey, alert, button, heading, in_row, link, password, textbox

WORDS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "user": "User name", "password": "Password", "sign in": "Log in", "wrong": "Invalid user name or password.",
        "sign out": "Log out", "search": "Search", "new": "New project", "title": "Title", "create": "Create",
        "edit": "Edit", "save": "Save", "delete": "Delete", "yes": "Yes", "cancel": "Cancel", "cart": "Add to cart",
        "check out": "Place order", "settings": "Settings", "made": "The project 'Roof' was created.",
        "missing": "Title is required.", "sign up": "Sign up", "old": "Current password", "fresh": "New password",
        "change": "Change password", "mail": "E-mail",
        "archive": "Archive",
    },
    "de": {
        "user": "Benutzername", "password": "Passwort", "sign in": "Anmelden",
        "wrong": "Benutzername oder Passwort ist falsch.", "sign out": "Abmelden", "search": "Suchen",
        "new": "Projekt anlegen", "title": "Titel", "create": "Anlegen", "edit": "Bearbeiten", "save": "Speichern",
        "delete": "Löschen", "yes": "Ja", "cancel": "Abbrechen", "cart": "In den Warenkorb",
        "check out": "Jetzt bestellen",
        "settings": "Einstellungen", "made": "Das Projekt 'Roof' wurde erstellt.", "missing": "Titel ist erforderlich.",
        "sign up": "Registrieren", "old": "Aktuelles Passwort", "fresh": "Neues Passwort", "change": "Passwort ändern",
        "mail": "E-Mail",
        "archive": "Archivieren",
    },
    "es": {
        "user": "Usuario", "password": "Contraseña", "sign in": "Iniciar sesión",
        "wrong": "Usuario o contraseña incorrectos.", "sign out": "Cerrar sesión", "search": "Buscar",
        "new": "Nuevo proyecto", "title": "Título", "create": "Crear", "edit": "Editar", "save": "Guardar",
        "delete": "Eliminar", "yes": "Sí", "cancel": "Cancelar", "cart": "Añadir al carrito",
        "check out": "Realizar pedido", "settings": "Ajustes", "made": "El proyecto 'Roof' ha sido creado.",
        "missing": "El título es obligatorio.", "sign up": "Regístrate", "old": "Contraseña actual",
        "fresh": "Contraseña nueva", "change": "Cambiar contraseña", "mail": "Correo",
        "archive": "Archivar",
    },
    "fr": {
        "user": "Identifiant", "password": "Mot de passe", "sign in": "Se connecter",
        "wrong": "Identifiant ou mot de passe incorrect.", "sign out": "Se déconnecter", "search": "Rechercher",
        "new": "Nouveau projet", "title": "Titre", "create": "Créer", "edit": "Modifier", "save": "Enregistrer",
        "delete": "Supprimer", "yes": "Oui", "cancel": "Annuler", "cart": "Ajouter au panier",
        "check out": "Passer la commande", "settings": "Paramètres", "made": "Le projet « Roof » a été créé.",
        "missing": "Le titre est obligatoire.", "sign up": "S'inscrire", "old": "Mot de passe actuel",
        "fresh": "Nouveau mot de passe", "change": "Changer le mot de passe", "mail": "Courriel",
        "archive": "Archiver",
    },
}  # fmt: skip


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """What the pages of one language say."""
    return WORDS_OF[request.param]


def kinds(story: Story) -> list[str]:
    """What the goals of a story are, pages that were only opened left out."""
    goals = goals_of(story.steps, story.network_requests)
    return [goal.kind for goal in goals if goal.kind not in ("open", "click")]


def outcomes(story: Story) -> list[tuple[str, bool]]:
    """What the activities of a story's flow are, and whether they were refused."""
    done = activities_of(story.steps, story.network_requests, Page(url=story.final_state.url)).done
    return [(one.kind, bool(one.outcome)) for one in done]


def purposes(story: Story) -> list[str]:
    """What forms with a password were for."""
    return [form.purpose for form in password_forms(story.steps, story.network_requests)]


def secret(label: str) -> dict[str, Any]:
    return {"target": password(label), "secret": "password"}


def at_login(words: Mapping[str, str]) -> Journey:
    journey = Journey().opens(f"{HOME}p1").fill(textbox(words["user"]), "ann").fill(**secret(words["password"]))
    return journey.click(button(words["sign in"]))


def test_a_sign_in(words: Mapping[str, str]) -> None:
    """That was taken, and left again."""
    journey = at_login(words).leads_to(f"{HOME}p2").shows_new(heading("Roof"))
    story = journey.click(link(words["sign out"])).leads_to(f"{HOME}p1").story()
    assert kinds(story) == ["sign_in", "sign_out"]
    assert outcomes(story)[0] == ("sign in", False)


def test_a_sign_in_that_only_words_refuse(words: Mapping[str, str]) -> None:
    """Where nothing but a text without any mark says so."""
    story = at_login(words).shows_new(Element(tag="p", text=words["wrong"])).story()
    assert kinds(story) == ["sign_in_refused"]
    assert outcomes(story) == [("sign in", True)]


def test_an_account_and_a_new_password(words: Mapping[str, str]) -> None:
    """Are told from a sign-in by their words."""
    journey = Journey().opens(f"{HOME}p1").fill(textbox(words["mail"]), "a@b.example").fill(**secret(words["password"]))
    assert purposes(journey.click(button(words["sign up"])).leads_to(f"{HOME}p2").story()) == ["sign up"]
    journey = Journey().opens(f"{HOME}p3").fill(**secret(words["old"])).fill(**secret(words["fresh"]))
    assert purposes(journey.click(button(words["change"])).leads_to(f"{HOME}p2").story()) == ["change password"]


def test_a_search(words: Mapping[str, str]) -> None:
    """By a field that nothing but its label makes a search field."""
    journey = Journey().opens(f"{HOME}p1").fill(textbox(words["search"]), "roof")
    assert kinds(journey.press(textbox(words["search"]), "Enter").leads_to(f"{HOME}p2").story()) == ["search"]


def test_something_made_and_refused(words: Mapping[str, str]) -> None:
    """By the button that opens the form, by what the page says was done, and by what it says is missing."""
    journey = Journey().opens(f"{HOME}p1").click(button(words["new"]))
    journey.fill(textbox(words["title"]), "Roof").click(button(words["create"]))
    assert kinds(journey.shows_new(heading("Roof")).story()) == ["create"]
    journey = Journey().opens(f"{HOME}p1").fill(textbox(words["title"]), "Roof").click(button("OK"))
    assert kinds(journey.shows_new(alert(words["made"])).story()) == ["create"]
    journey = Journey().opens(f"{HOME}p1").click(button(words["new"]))
    journey.fill(textbox(words["mail"]), "x").click(button(words["create"])).shows_new(
        Element(tag="p", text=words["missing"])
    )
    story = journey.story()
    assert story.title.startswith("Try to create")
    assert outcomes(story)[-1] == ("submit", True)


def test_something_changed_given_up_and_deleted(words: Mapping[str, str]) -> None:
    """By the words of buttons alone; a form that was given up is nothing in the flow."""
    journey = Journey().opens(f"{HOME}p1").click(button(words["edit"])).fill(textbox(words["title"]), "Roof")
    assert kinds(journey.click(button(words["save"])).leads_to(f"{HOME}p2").story()) == ["edit"]
    journey = Journey().opens(f"{HOME}p1").click(button(words["edit"])).fill(textbox(words["title"]), "Roof")
    assert outcomes(journey.click(button(words["cancel"])).loses(textbox(words["title"])).story()) == []
    journey = Journey().opens(f"{HOME}p1").click(button(words["delete"])).click(button(words["yes"]))
    assert kinds(journey.leads_to(f"{HOME}p2").story()) == ["delete"]


def test_something_bought(words: Mapping[str, str]) -> None:
    """A thing in the cart, and the order."""
    journey = Journey().opens(f"{HOME}p1").click(button(words["cart"])).shows_new(alert("1"))
    story = (
        journey.opens(f"{HOME}p2").fill(textbox("x"), "Quay 7").click(button(words["check out"])).leads_to(HOME).story()
    )
    assert kinds(story) == ["cart", "check_out"]


def test_settings(words: Mapping[str, str]) -> None:
    """A button beside saving and one that only sends off are told apart, settings are known by their name."""
    assert WORDS["settings"].search(words["settings"])
    assert WORDS["commit"].search(words["save"])
    assert not WORDS["apart"].search(words["save"])
    assert WORDS["cancel"].match(words["cancel"])


def test_what_is_done_to_a_thing(words: Mapping[str, str]) -> None:
    """By a button in its row, wherever the verb stands; titles have one word for it."""
    row = in_row(button(words["archive"]), "Cellar")
    journey = Journey().opens(f"{HOME}p1").click(row).asks(f"{HOME}api/rooms/7/archive").shows_new(heading("Roof"))
    assert journey.story().title == "Archive 'Cellar'"
    assert button_act(words["archive"]) == ("archive", "")


def test_languages_have_the_same_keys() -> None:
    """No language leaves a question out, and what is done has a name that titles know."""
    english = TABLES["en"]
    for table in TABLES.values():
        for part in ("words", "lists"):
            assert list(table[part]) == list(english[part])
        assert set(table["done"]["verbs"]) == set(english["done"]["verbs"])
        assert list(table["times"]) == list(english["times"])
        assert list(table["fields"]) == list(english["fields"])
        assert all(re.compile(one, re.I) for parts in table["words"].values() for one in parts)
    assert set(DONE_VERBS.values()) == set(english["done"]["verbs"])


def test_a_noun_keeps_its_first_letter() -> None:
    """An article is a word of its own, not the beginning of one: the `A` of `Album` is none."""
    journey = Journey().opens(f"{HOME}p1").fill(textbox("x"), "Hours").click(button("OK"))
    assert journey.shows_new(alert("Album 'Hours' was created.")).story().title == "Create the album 'Hours'"


AGES = {
    "en": ("3 days ago", "an hour ago", "just now", "March 3, 2026"),
    "de": ("vor 3 Tagen", "vor einer Stunde", "gerade eben", "3. März 2026"),
    "es": ("hace 3 días", "hace una hora", "ahora mismo", "3 de marzo de 2026"),
    "fr": ("il y a 3 jours", "il y a une heure", "à l’instant", "3 mars 2026"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_ages_and_dates_are_known_in_each_language(language: str) -> None:
    """How long ago something was is told anew each time: nothing of it is fixed."""
    for text in AGES[language]:
        assert not fixed_words(parts(text)), text


WAITS = {"en": "Saving…", "de": "Speichert …", "es": "Guardando…", "fr": "Enregistrement…"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_page_is_about_is_not_what_the_user_sees(language: str) -> None:
    """A message that something is being done is no result of it."""
    journey = Journey().opens(f"{HOME}p1").click(button("Go")).asks(f"{HOME}api/go")
    assert WAITS[language] not in journey.shows_new(alert(WAITS[language])).story().sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_that_did_something_are_told_by_their_verb(language: str) -> None:
    """`Start` leads to a page of that name, or starts something: by what came of it."""
    word = next(iter(TABLES[language]["acts"]["links"].get("start", ["start"])))
    assert link_act(word.capitalize()) == ("start", "")
