"""What others made, or the app does by itself, is not asserted on the way."""

import pytest

from pipeline.codegen import write_test
from schemas.elements import Ancestor, ByPath, ByRole, ByTag, ByText, Candidate, Element, PathStep, Scope
from schemas.events import Appeared, Change, Choice, CountChanged, Gone, StateChanged, TextChanged, Typed
from schemas.stories import ClickStep, FillStep, GotoStep, PressStep, SelectStep
from tests.codegen.by_hand import at, base, by_label, by_role, by_text, story

PAGE = at("/notes")


def test_a_button_that_went_away_while_one_typed_is_not_missed() -> None:
    """It shows a state of the app's own; an entry of a list that is left out by what was typed is another matter."""

    def gone(role: str, text: str) -> Gone:
        return Gone(element=by_role("div", role, text, text=text))

    changes = (gone("button", "Server online"), gone("option", "Bakery"))
    typed = FillStep(target=by_label("Find"), value=Typed(text="Corner"), **base(PAGE, PAGE, changes=changes))
    more = ClickStep(target=by_role("button", "button", "More"), **base(PAGE))
    code = write_test(story(typed, more)).code
    assert "Server online" not in code
    alone = typed.model_copy(update={"changes": changes[1:]})
    assert "Bakery" in write_test(story(alone, more)).code


def test_rows_of_a_page_on_the_way_are_others_things() -> None:
    """Of a list that a click only led to, no row is asserted but the one that the story uses; what a form that was
    sent off shows is its effect."""
    lists, cell = at("/limits"), (Ancestor(tag="tr", role="row"),)

    def shown(text: str) -> Appeared:
        return Appeared(element=by_text("span", text).model_copy(update={"ancestors": cell}))

    changes = (shown("truck-98"), Appeared(element=by_text("p", "Slots")))
    led = ClickStep(
        target=by_role("button", "button", "Limits"), **base(PAGE, lists, changes=changes, navigates=True, loads=True)
    )
    more = ClickStep(target=by_role("button", "button", "More"), **base(lists))
    code = write_test(story(led, more)).code
    assert "truck-98" not in code
    typed = FillStep(target=by_label("Find"), value=Typed(text="truck"), **base(PAGE))
    sent = led.model_copy(update={"target": by_role("button", "button", "Go")})
    assert "truck-98" in write_test(story(typed, sent, more)).code


def test_a_page_is_known_by_its_own_name() -> None:
    """Not by a heading of what is listed on it, which is there for others' doing."""
    shown = (
        Appeared(element=by_role("h1", "heading", "Roadmap", level=1)),
        Appeared(element=by_role("h2", "heading", "Milestone: Spring sale 84", level=2)),
    )
    opened = GotoStep(url="https://example.com/roadmap", **base(at("/roadmap"), at("/roadmap"), changes=shown))
    saved = ClickStep(target=by_role("button", "button", "Save"), **base(at("/roadmap")))
    code = write_test(story(opened, saved)).code
    assert 'get_by_role("heading", name="Roadmap")' in code
    assert "Milestone" not in code


def test_which_entries_a_log_holds_together_is_not_asserted() -> None:
    """An announcer takes in what is said next and lets the rest go when it pleases."""
    log = by_text("div", "21,0429").model_copy(update={"role": "log", "live": True, "text": "21,0429"})
    changes = (TextChanged(element=log, before="21,042", after="21,0429"), Appeared(element=by_text("p", "Nine days")))
    press = ClickStep(target=by_role("button", "button", "More"), **base(PAGE, PAGE, changes=changes))
    code = write_test(story(press)).code
    assert "21,0429" not in code
    assert "Nine days" in code


def test_what_the_next_words_sweep_away_is_not_asserted() -> None:
    """A list of suggestions and its headings are what the app has loaded until then; what stays may be asserted."""
    opened = (Appeared(element=by_text("div", "Suggested payees")), Appeared(element=by_text("p", "Balance of 12.00")))
    click = ClickStep(target=by_role("div", "combobox", "Payee"), **base(PAGE, PAGE, changes=opened))
    swept = (Gone(element=by_text("div", "Suggested payees")),)
    typed = FillStep(target=by_label("Payee"), value=Typed(text="Corner shop"), **base(PAGE, PAGE, changes=swept))
    code = write_test(story(click, typed, ClickStep(target=by_role("button", "button", "Add"), **base(PAGE)))).code
    assert "Suggested payees" not in code
    assert "Balance of 12.00" in code


@pytest.mark.parametrize(
    ("before", "after", "is_asserted"),
    [(0, 1, True), (6, 7, False), (6, 5, False), (0, 5, False), (6, 0, True), (1, 0, False)],
)
def test_items_are_counted_where_all_are_the_user_s_own(before: int, after: int, is_asserted: bool) -> None:
    """Others put things into a list that held some before; the first item of an empty one is the user's own, and so is
    that all of several went."""
    rows = Candidate(locator=ByRole(role="row"), within=(Scope(locator=ByRole(role="table")),))
    count = CountChanged(element=Element(tag="table", role="table"), items=rows, before=before, after=after)
    typed = FillStep(target=by_label("Name"), value=Typed(text="drone_64"), **base(PAGE))
    add = ClickStep(target=by_role("button", "button", "Create"), **base(PAGE, PAGE, changes=(count,)))
    assert (f"to_have_count({after})" in write_test(story(typed, add)).code) is is_asserted


def test_a_cell_without_a_told_row_is_others_thing() -> None:
    """Some tables tell no row around their cells."""
    cell = by_text("td", "truck-98").model_copy(update={"role": "cell"})
    changes = (Appeared(element=cell), Appeared(element=by_text("p", "Slots")))
    link = by_role("a", "link", "Limits")
    led = ClickStep(target=link, **base(PAGE, at("/limits"), changes=changes, navigates=True, loads=True))
    more = ClickStep(target=by_role("button", "button", "More"), **base(at("/limits")))
    code = write_test(story(led, more)).code
    assert "truck-98" not in code
    assert "Slots" in code


def test_a_message_that_came_may_stand_beside_another_one() -> None:
    """`Loading…` may come before it goes: the one with these words is looked for."""
    alert = Element(
        tag="div",
        role="alert",
        text="Successfully saved.",
        candidates=(Candidate(locator=ByRole(role="alert"), count=1),),
    )
    save = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=(Appeared(element=alert),)))
    code = write_test(story(save)).code
    assert 'expect(page.get_by_role("alert").filter(has_text="Successfully saved.")).to_be_visible()' in code


def test_a_notice_that_stands_twice_is_seen_once_at_least() -> None:
    """A page may hold it for screen readers as well; another text that stands twice says nothing."""

    def twice(text: str, live: bool) -> Appeared:
        found = Candidate(locator=ByText(value=text), count=2, index=1)
        path = Candidate(locator=ByPath(steps=(PathStep(tag="div", nth_of_type=2),)), count=1)
        return Appeared(element=Element(tag="div", text=text, live=live, candidates=(found, path)))

    changes = (twice("Variable created", True), twice("Read the manual", False))
    code = write_test(
        story(ClickStep(target=by_role("button", "button", "Create"), **base(PAGE, PAGE, changes=changes)))
    ).code
    assert 'expect(page.get_by_text("Variable created").filter(visible=True).first).to_be_visible()' in code
    assert "manual" not in code


def test_a_short_text_of_a_cell_is_looked_for_in_its_row() -> None:
    """That no other text held the number was chance; without a row that is told, the whole text is looked for."""
    row = Appeared(element=Element(tag="tr", role="row", text="truck-9861", name="truck-98 6 1"))
    cells = tuple(
        Appeared(element=by_text("td", text).model_copy(update={"role": "cell"})) for text in ("truck-98", "6")
    )
    name = FillStep(target=by_label("Name"), value=Typed(text="truck-98"), **base(PAGE))
    slots = FillStep(target=by_label("Slots"), value=Typed(text="6"), **base(PAGE))
    button = by_role("button", "button", "Create")
    code = write_test(story(name, slots, ClickStep(target=button, **base(PAGE, PAGE, changes=(row, *cells))))).code
    assert 'page.get_by_role("row").filter(has_text="truck-98").get_by_text("6", exact=True)' in "".join(
        line.strip() for line in code.splitlines()
    )
    code = write_test(story(name, slots, ClickStep(target=button, **base(PAGE, PAGE, changes=cells)))).code
    assert 'expect(page.get_by_text("6", exact=True)).to_be_visible()' in code


def test_what_is_listed_after_a_sign_in_is_others_thing() -> None:
    """A sign-in makes none of the rows of the page that it leads to."""
    rows = tuple(Appeared(element=by_text("td", text)) for text in ("Parking 12.50", "Rent 900.00"))
    changes = (*rows, Appeared(element=by_role("h1", "heading", "Bills", level=1)))
    name = FillStep(target=by_label("Login"), value=Typed(text="chalet"), **base(PAGE))
    word = by_label("Password").model_copy(update={"type": "password"})
    password = FillStep(target=word, value=Typed(secret="password", token="t"), **base(PAGE))
    button = by_role("button", "button", "Sign in")
    send = ClickStep(target=button, **base(PAGE, at("/bills"), changes=changes, navigates=True, loads=True))
    more = ClickStep(target=by_role("button", "button", "More"), **base(at("/bills")))
    for told in (story(name, password, send), story(name, password, send, more)):
        code = write_test(told).code
        assert "Bills" in code
        assert "Parking" not in code
        assert "Rent" not in code


def _signed_in(*changes: Appeared) -> str:
    """The test of who signs in as chalet, and opens a list by a link then."""
    name = FillStep(target=by_label("Login"), value=Typed(text="chalet"), **base(PAGE))
    word = by_label("Password").model_copy(update={"type": "password"})
    password = FillStep(target=word, value=Typed(secret="password", token="t"), **base(PAGE))
    send = ClickStep(target=by_role("button", "button", "Sign in"), **base(PAGE, at("/"), navigates=True, loads=True))
    posts = by_role("a", "link", "Posts")
    opens = ClickStep(target=posts, **base(at("/"), at("/posts"), changes=changes, navigates=True, loads=True))
    more = ClickStep(target=by_role("button", "button", "New"), **base(at("/posts")))
    return write_test(story(name, password, send, opens, more)).code


def test_who_signed_in_stands_beside_things_of_others() -> None:
    """`chalet` in the column of authors makes a row no row of this story's."""
    within = (Scope(locator=ByRole(role="row"), has_text="Market moves", count=1),)
    found = Candidate(locator=ByRole(role="link", name="chalet"), within=within, count=1)
    author = Element(tag="a", role="link", name="chalet", text="chalet", candidates=(found,))
    mine = by_text("td", "chalet", ancestors=(Ancestor(tag="tr"),))
    head = by_role("h1", "heading", "All posts", level=1, text="All posts")
    code = _signed_in(*(Appeared(element=one) for one in (head, author, mine)))
    assert "All posts" in code
    assert "Market moves" not in code
    assert 'get_by_text("chalet")' not in code


def test_a_name_that_begins_as_who_signed_in_is_no_news() -> None:
    """`Chalet Lund`, beside each thing that this user made, says nothing of a page; its heading does."""
    person = by_role("a", "link", "Chalet Lund", text="Chalet Lund")
    head = by_role("h2", "heading", "Roadmap", level=2, text="Roadmap")
    code = _signed_in(Appeared(element=person), Appeared(element=head))
    assert "Roadmap" in code
    assert "Chalet Lund" not in code


def test_how_many_things_a_page_lists_is_not_asserted_on_the_way() -> None:
    """One watcher or none may be another one's doing, and this story has entered nothing yet."""
    counts = by_role("h3", "heading", "Watchers (1)", level=3, text="Watchers (1)")
    head = by_role("h3", "heading", "Crane overheats", level=3, text="Crane overheats")
    code = _signed_in(Appeared(element=counts), Appeared(element=head))
    assert "Crane overheats" in code
    assert "Watchers" not in code


def test_what_is_entered_later_is_no_news_before() -> None:
    """That `Feature` stands somewhere on the way is chance: nobody has chosen it yet."""
    word = by_text("td", "Feature")
    head = by_role("h2", "heading", "My page", level=2, text="My page")
    changes = tuple(Appeared(element=one) for one in (word, head))
    opens = ClickStep(
        target=by_role("a", "link", "New"), **base(PAGE, at("/new"), changes=changes, navigates=True, loads=True)
    )
    tracker = SelectStep(target=by_label("Tracker"), options=(Choice(value="2", label="Feature"),), **base(at("/new")))
    send = ClickStep(target=by_role("button", "button", "Create"), **base(at("/new")))
    code = write_test(story(opens, tracker, send)).code
    assert "My page" in code
    assert 'get_by_text("Feature")' not in code


def test_who_signed_in_is_gone_after_signing_out() -> None:
    """Of the step that signs out, the name tells."""
    name = FillStep(target=by_label("Login"), value=Typed(text="keeper"), **base(PAGE))
    word = by_label("Password").model_copy(update={"type": "password"})
    password = FillStep(target=word, value=Typed(secret="password", token="t"), **base(PAGE))
    send = ClickStep(target=by_role("button", "button", "Sign in"), **base(PAGE, at("/"), navigates=True))
    gone = (Gone(element=by_text("p", "Signed in as keeper")), Gone(element=by_text("span", "Menu")))
    out = ClickStep(target=by_role("button", "button", "Logout"), **base(at("/"), changes=gone))
    code = write_test(story(name, password, send, out)).code
    assert 'expect(page.get_by_text("Signed in as keeper").filter(visible=True)).to_have_count(0)' in code


def test_what_sounds_wrong_behind_a_sign_in_is_not_asserted() -> None:
    """Who was let in was not refused, whatever the page complains about."""
    name = FillStep(target=by_label("Login"), value=Typed(text="keeper"), **base(PAGE))
    word = by_label("Password").model_copy(update={"type": "password"})
    password = FillStep(target=word, value=Typed(secret="password", token="t"), **base(PAGE))
    changes = tuple(Appeared(element=by_text("p", text)) for text in ("Some error occurred here.", "Ready to go."))
    send = ClickStep(
        target=by_role("button", "button", "Sign in"), **base(PAGE, at("/home"), changes=changes, navigates=True)
    )
    code = write_test(story(name, password, send)).code
    assert "Ready to go." in code
    assert "error" not in code


@pytest.mark.parametrize(("age", "is_asserted"), [("24 minutes", False), ("less than a minute", False), ("Ann", True)])
def test_nothing_is_told_by_how_old_it_is(age: str, is_asserted: bool) -> None:
    """The block with `24 minutes` in it will say something else next time."""
    within = (Scope(locator=ByTag(tag="span", classes=("author",)), has_text=age, count=1),)
    found = Candidate(locator=ByRole(role="link", name="Mona"), within=within, count=1)
    link = Element(tag="a", role="link", name="Mona", text="Mona", candidates=(found,))
    news = by_text("p", age)
    changes = (Appeared(element=link), Appeared(element=news))
    opens = ClickStep(target=by_role("a", "link", "News"), **base(PAGE, at("/news"), changes=changes, navigates=True))
    assert (age in write_test(story(opens)).code) is is_asserted


def _after_adding(*changes: Appeared) -> str:
    name = FillStep(target=by_label("Participant"), value=Typed(text="Emil Kal"), **base(PAGE))
    payer = SelectStep(target=by_label("Payer"), options=(Choice(value="2", label="Bela"),), **base(PAGE))
    add = ClickStep(target=by_role("button", "button", "Add"), **base(PAGE, PAGE, changes=changes))
    return write_test(story(name, payer, add)).code


def test_a_row_that_mentions_what_was_entered_is_others_row() -> None:
    """Its cells are known and none of them is it; a row of which it is a cell is the user's own."""
    text = "Dana Skis Everyone but Emil Kal 29.37 (7.34 each)"
    row = by_text("tr", text).model_copy(update={"role": "row", "name": text})
    cells = [by_text("td", part) for part in ("Everyone but Emil Kal", "29.37 (7.34 each)")]
    told = Appeared(element=by_text("p", "Emil Kal has been added"))
    changes = [Appeared(element=one) for one in (row, *cells)]
    code = _after_adding(told, *changes)
    assert "has been added" in code
    assert "Skis" not in code
    assert "7.34" not in code
    mine = "Emil Kal Guest of Dana"
    own = by_text("tr", mine).model_copy(update={"role": "row", "name": mine})
    cells = [by_text("td", part) for part in ("Emil Kal", "Guest of Dana")]
    assert "Guest of Dana" in _after_adding(*(Appeared(element=one) for one in (own, cells[1], cells[0])))


def test_what_was_chosen_in_a_row_of_others_is_not_asserted() -> None:
    """The row is told by another text: that it holds the same word is chance."""
    within = (Scope(locator=ByRole(role="row"), has_text="Petrol", count=1),)
    cell = Element(tag="td", text="Bela", candidates=(Candidate(locator=ByText(value="Bela"), within=within, count=1),))
    code = _after_adding(Appeared(element=by_text("p", "Emil Kal has been added")), Appeared(element=cell))
    assert "Petrol" not in code


def test_an_item_of_a_menu_is_told_by_what_was_entered() -> None:
    """What follows in it are captions of a menu that nobody opened."""
    item = Element(
        tag="li", role="listitem", text="Emil Kal Settings Log out",
        candidates=(Candidate(locator=ByTag(tag="li", classes=("projects-item",)), count=1),),
    )  # fmt: skip
    assert 'to_contain_text("Emil Kal")' in _after_adding(Appeared(element=item))


def test_when_others_changed_a_thing_is_not_asserted_on_the_way() -> None:
    """Who did so last is another one next time; what stands there without a date stays."""
    history = Appeared(element=by_text("p", "Created on 3 May 2026 by admin, last changed by hilda"))
    changes = (history, Appeared(element=by_text("p", "Water comes in")))
    opened = PressStep(target=by_label("Number"), key="Enter", **base(PAGE, at("/issue1"), changes=changes))
    more = ClickStep(target=by_role("button", "button", "More"), **base(at("/issue1")))
    code = write_test(story(opened, more)).code
    assert "last" not in code
    assert "Water comes in" in code


def test_what_is_drawn_on_a_page_on_the_way_is_others_thing() -> None:
    """A plan that a sign-in leads to, others drew; the page's own words around it stay."""
    plan = (Ancestor(tag="g"), Ancestor(tag="svg", role="img"))
    drawn = by_text("text", "Every morning", ancestors=plan)
    label = by_text("div", "Weigh hay", ancestors=plan)
    code = _signed_in(*(Appeared(element=one) for one in (drawn, label, by_text("span", "Common parts"))))
    assert "Common parts" in code
    assert "Every morning" not in code
    assert "Weigh hay" not in code
    assert "chalet" in _signed_in(Appeared(element=by_text("text", "Made by chalet", ancestors=plan)))


@pytest.mark.parametrize(("text", "is_asserted"), [("1 - 5", False), ("1–10 of 25", False), ("Row 5 is free", True)])
def test_which_rows_a_page_shows_is_not_asserted(text: str, is_asserted: bool) -> None:
    """How many there are is what others made, too, after the last step as before it."""
    changes = (Appeared(element=by_text("p", "The user has been deleted")), Appeared(element=by_text("b", text)))
    button = by_role("button", "button", "Delete")
    code = write_test(story(ClickStep(target=button, **base(PAGE, PAGE, changes=changes)))).code
    assert "The user has been deleted" in code
    assert (f'"{text}"' in code) is is_asserted


def test_that_a_button_waits_for_the_app_is_no_outcome() -> None:
    """It is disabled until the answer has come, which the recording has not seen; where something came of it, it is."""
    button = by_role("button", "button", "Create")
    waits = StateChanged(element=button, state="disabled", after=True)

    def code_for(*changes: Change) -> str:
        return write_test(story(ClickStep(target=button, **base(PAGE, PAGE, changes=changes)))).code

    assert "to_be_disabled" not in code_for(waits)
    saved = Appeared(element=by_text("p", "Saved"))
    assert "to_be_disabled" in code_for(waits, saved)
    other = waits.model_copy(update={"element": by_role("button", "button", "Date")})
    assert "to_be_disabled" not in code_for(waits, other, saved)  # while more is loaded
    another = waits.model_copy(update={"element": by_role("button", "button", "Add line")})
    assert "to_be_disabled" in code_for(other, another)  # what was pressed is none of them


def test_what_stands_in_anothers_card_is_not_asserted_after_signing_in() -> None:
    """A tile or a book of a library is known by a text of its own, and says things that others say as well; what
    stands in the card of what the story opened is asserted."""

    def shown(text: str, book: str) -> Appeared:
        says = ByText(value=text)
        card = Scope(locator=ByTag(tag="div", classes=("meta",)), has_text=book, count=1)
        ways = (Candidate(locator=says, count=3), Candidate(locator=says, within=(card,), count=1))
        return Appeared(element=Element(tag="p", text=text, candidates=ways))

    lent = shown("Lent out until Monday", "Rope and Knot")
    welcome = Appeared(element=by_text("p", "Welcome to the library"))
    code = _signed_in(welcome, lent)
    assert "Welcome to the library" in code
    assert "Lent out" not in code
    title = by_label("Title")
    typed = FillStep(target=title, value=Typed(text="Rope and Knot"), **base(PAGE))
    saved = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, at("/"), changes=(lent,)))
    assert "Lent out" in write_test(story(typed, saved)).code
