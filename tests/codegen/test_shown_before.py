"""Boilerplate: what a page shows after a save as it did before, and what page after page shows."""

from pipeline.codegen import write_test
from schemas.events import Appeared, Typed
from schemas.stories import ClickStep, FillStep, NetworkRequest
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, by_text, story

ISSUE, FORM = at("/issues/4"), at("/issues/4/time")


def test_what_a_page_showed_before_the_save_says_less_than_what_came_with_it() -> None:
    """Its watchers were listed when the issue was opened; that time was booked is told now."""
    furniture = [by_role("h3", "heading", text, level=3, text=text) for text in ("Watched by Mona", "Bug in the crane")]
    old = tuple(Appeared(element=one) for one in furniture)
    new = Appeared(element=by_text("td", "Spent time: 2:30 h for Sanding"))
    link = by_role("a", "link", "Crane")
    opens = ClickStep(target=link, **base(at("/issues"), ISSUE, changes=old, navigates=True, loads=True))
    book = ClickStep(target=by_role("a", "link", "Log time"), **base(ISSUE, FORM, navigates=True, loads=True))
    hours = FillStep(target=by_label("Work done"), value=Typed(text="Sanding"), **base(FORM))
    save = ClickStep(
        target=by_role("button", "button", "Create"),
        **base(FORM, ISSUE, changes=(*old, new), navigates=True, loads=True),
    )
    sent = NetworkRequest(url=f"{HOME}/time", method="POST", status=302, cause=save.event_id)
    code = write_test(story(opens, book, hours, save, network_requests=(sent,))).code.rpartition("Create")[2]
    assert "Sanding" in code
    assert "Watched by Mona" not in code


def test_what_a_live_region_holds_always_is_no_answer() -> None:
    """The name of who signed in comes again with the page's head; that the changes were saved is told now."""
    users, person = at("/users"), at("/users/7")
    who = Appeared(element=by_text("span", "Hilda Strand", live=True))
    opens = ClickStep(target=by_role("a", "link", "Users"), **base(at("/"), users, changes=(who,), navigates=True))
    edit = ClickStep(target=by_role("a", "link", "Ana"), **base(users, person, navigates=True))
    name = FillStep(target=by_label("Name"), value=Typed(text="Ana Lie"), **base(person))
    shown = (who, Appeared(element=by_text("td", "Ana Lie")), Appeared(element=by_text("div", "Changes saved")))
    save = ClickStep(target=by_role("button", "button", "Save"), **base(person, users, changes=shown, navigates=True))
    sent = NetworkRequest(url=f"{HOME}/api/users/7", method="PATCH", status=200, cause=save.event_id)
    code = write_test(story(opens, edit, name, save, network_requests=(sent,))).code.rpartition("Save")[2]
    assert "Changes saved" in code
    assert "Ana Lie" in code
    assert "Hilda Strand" not in code


def _wanders(*lines: str) -> str:
    """What a test asserts at the end of a way through three pages that each show one of these lines."""
    ways = [("/", "/harbour"), ("/harbour", "/quays"), ("/quays", "/quays/4")]
    steps = [
        ClickStep(
            target=by_role("a", "link", f"Way {name}"),
            **base(at(before), at(after), changes=(Appeared(element=by_text("li", line)),), navigates=True, loads=True),
        )
        for name, (before, after), line in zip("ABC", ways, lines, strict=True)
    ]
    facts = tuple(Appeared(element=by_text("p", text)) for text in ("Berths for two ships.", "Open all year."))
    last = steps[-1].model_copy(update={"changes": (*facts, *steps[-1].changes)})
    return write_test(story(*steps[:-1], last)).code.rpartition('Way C").click')[2]


def test_a_line_that_each_page_shows_with_another_date_is_boilerplate() -> None:
    """Its words say nothing of the page that was opened last; who changed that page last does."""
    edited = "This page was last edited on {} November 2026, at 18:{}."
    assert "last edited" not in _wanders(edited.format(3, 13), edited.format(4, 14), edited.format(7, 59))
    signed = "This page was last edited on {} November 2026 by {}."
    assert "bob" in _wanders(signed.format(3, "ada"), signed.format(4, "ada"), signed.format(7, "bob"))


def test_a_number_on_another_page_is_no_date() -> None:
    """What was paid is told by another balance, and what was deleted by how much of it."""
    balance = "Your balance is {}.00 EUR."
    assert "120.00" in _wanders(balance.format(190), balance.format(150), balance.format(120))
    assert "5 messages" in _wanders("2 messages were deleted.", "Welcome back, Ada.", "5 messages were deleted.")


def test_what_page_after_page_shows_is_boilerplate_unless_it_was_clicked() -> None:
    """The name of the app stands on each page; the name of the thing that was opened does, too, and tells which."""
    assert "The office is open." not in _wanders(*["The office is open."] * 3)
    assert "Way C is open." in _wanders(*["Way C is open."] * 3)
