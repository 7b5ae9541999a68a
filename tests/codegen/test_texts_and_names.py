"""Texts that belong together, and those that only stand side by side; names and lines that people can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codegen import write_test
from pipeline.codegen.assertions.salience import Typing, can_be_closed, is_busy, is_put_together, whole_sentences
from pipeline.codegen.locators.finder import fits_several
from pipeline.codegen.python.expressions import LINE_CHARS_MAX
from pipeline.codegen.python.names import SENTENCE_WORD_CHARS_MAX, function_name, sentence
from pipeline.semantics.text import caption, is_shortcut
from schemas.elements import ByLabel, ByPath, ByPlaceholder, ByRole, ByTestId, ByText, Candidate, Element, PathStep
from schemas.events import Appeared, Gone, TextChanged, Typed
from schemas.stories import ClickStep, FillStep, GotoStep
from tests.codegen.by_hand import HOME, at, base, by_label, by_role, by_text, story

PAGE = at("/notes")


def test_texts_that_run_together_are_no_text() -> None:
    """Two texts of the page without a space between them, or one twice, are not looked for; neither is their going."""
    tag = FillStep(target=by_label("Tag"), value=Typed(text="lab"), **base(PAGE))
    shown = (
        Appeared(element=by_text("div", "labadd")),
        Appeared(element=by_text("div", "Ada Ada")),
        Gone(element=by_text("div", "addlab")),
        Appeared(element=by_text("div", "AL Ada Lovelace")),
        Appeared(element=by_text("p", "The notebook of the lab was saved.")),
    )
    add = ClickStep(target=by_role("button", "button", "add"), **base(PAGE, PAGE, changes=shown))
    code = write_test(story(tag, add)).code
    assert "The notebook of the lab was saved." in code
    for unwanted in ("labadd", "Ada Ada", "addlab", "AL Ada"):
        assert unwanted not in code, code


def test_a_text_that_changed_in_nothing_that_one_sees_is_not_asserted() -> None:
    """It says the same before the step: the assertion would hold whatever the step did."""
    found = Candidate(locator=ByTestId(value="total"), count=1)
    total = Element(tag="p", text="12 lamps\u200c", candidates=(found,))
    for before, is_asserted in (("12 lamps", False), ("11 lamps", True)):
        changed = TextChanged(element=total, before=before, after="12 lamps\u200c")
        click = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=(changed,)))
        assert ("12 lamps" in write_test(story(click)).code) is is_asserted


@pytest.mark.parametrize("text", ["Payee: Narration: m", "Surname: Town:"])
def test_labels_of_several_fields_are_no_text(text: str) -> None:
    """A label right after another is the text of a form; words of a mail's subject are none."""
    assert Typing(pieces=frozenset([text])).runs_together(text)
    assert not Typing().runs_together("Re: Fwd: Lamp")
    assert not Typing().runs_together("Status: paid, by card")


@pytest.mark.parametrize(
    ("role", "is_asserted"), [("alert", True), ("status", True), (None, False)], ids=["alert", "status", "plain"]
)
@pytest.mark.parametrize("text", ["Result: Success: all rows imported", "Error: Email: This field is required."])
def test_a_message_may_begin_with_labels(text: str, role: str | None, is_asserted: bool) -> None:
    """It says what is wrong with which field; only elsewhere is such a text that of a form."""
    shown = Appeared(element=by_text("div", text, role=role))
    click = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=(shown,)))
    assert (text in write_test(story(click)).code) is is_asserted


@pytest.mark.parametrize("entered", ["list all lamps", "List ALL lamps"])
def test_of_a_part_of_the_page_only_what_was_entered_is_looked_for(entered: str) -> None:
    """As the page writes it. What stands around it, numbers of lines and captions of buttons, is the page's own."""
    only = Candidate(locator=ByRole(role="article"), count=1)
    part = Element(tag="article", role="article", text="91›list all lamps Submit", candidates=(only,))
    typed = FillStep(
        target=by_label("Query"),
        value=Typed(text=entered),
        **base(PAGE, PAGE, changes=(Appeared(element=part),)),
    )
    code = write_test(story(typed)).code
    assert 'to_contain_text("list all lamps")' in code
    assert "Submit" not in code


@given(st.lists(st.sampled_from(["lab", "add", "note", "rules", "Save"]), min_size=2, max_size=5))
def test_what_is_put_together_of_pieces_is_known(words: list[str]) -> None:
    """Whatever the pieces, and never one of them alone."""
    pieces = {"lab", "add", "note", "rules", "Save"}
    assert is_put_together("".join(words), pieces)
    assert not is_put_together(words[0], pieces)
    assert not Typing(pieces=frozenset(pieces)).runs_together(" ".join(dict.fromkeys(words)))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Page 'Spring sale' created. View live Edit", "Page 'Spring sale' created."),
        ("Found 2 results. Sort by Relevancy", "Found 2 results."),
        ("Found 1 result. Sort by Relevancy", "Found 1 result."),
        ("Updated product 'Lamp, 2nd edition'. Edit again", "Updated product 'Lamp, 2nd edition'."),
        ("Invoice No. 5 was sent", "Invoice No. 5 was sent"),
        ("close The page was deleted.", "The page was deleted."),
        ("× table 'keeper' dropped.", "table 'keeper' dropped."),
        ("The bill has been added ×", "The bill has been added"),
        ("Tag added×", "Tag added"),
        ("Size 3×", "Size 3×"),
        ("All good. Nothing to do.", "All good. Nothing to do."),
        ("Mr. Miller came", "Mr. Miller came"),
        ("Total 12.50 EUR", "Total 12.50 EUR"),
    ],
)
def test_captions_after_a_sentence_are_no_part_of_it(text: str, kept: str) -> None:
    """What links and buttons in a message are called is no part of what it says."""
    assert whole_sentences(text) == kept


@pytest.mark.parametrize(
    ("element", "called"),
    [
        (
            Element(tag="input", role="textbox", id="dijit_form_ValidationTextBox_0", name_attribute="full_name"),
            "full name",
        ),
        (Element(tag="input", role="textbox", id="dijit_form_ValidationTextBox_0"), "dijit form validation text box 0"),
        (Element(tag="input", role="textbox", id="full_name", name_attribute="f17"), "full name"),
        (Element(tag="input", role="textbox", id="phone_2", name_attribute="p2"), "phone 2"),
        (Element(tag="input", role="textbox", id="street_1", name_attribute="f[17]"), "street 1"),
        (Element(tag="button", role="button", name="order_items Export"), "order_items Export"),
    ],
)
def test_things_are_called_as_people_would(element: Element, called: str) -> None:
    """What a library counts on is no name where the field is sent as something."""
    assert caption(element) == called


@pytest.mark.parametrize(
    ("text", "names_keys"),
    [
        ("Alt + Shift + N", True),
        ("Ctrl+S", True),
        ("⌘K", True),
        ("Shift", True),
        ("Shift plan", False),
        ("Alter", False),
    ],
)
def test_a_shortcut_is_no_name(text: str, names_keys: bool) -> None:
    """Which keys do the same is another on each system."""
    assert is_shortcut(text) is names_keys


def test_nothing_is_found_by_its_shortcut() -> None:
    """A menu item whose caption and keys are two texts is found by another way."""
    path = ByPath(steps=(PathStep(tag="li", nth_of_type=2),))
    item = by_text("li", "Alt + Shift + N").model_copy(
        update={
            "candidates": (
                Candidate(locator=ByText(value="Alt + Shift + N"), count=1),
                Candidate(locator=path, count=1),
            )
        }
    )
    code = write_test(story(ClickStep(target=item, **base(PAGE)))).code
    assert "Shift" not in code
    assert "nth-of-type(2)" in code


@pytest.mark.parametrize(
    ("message", "beside", "sought"),
    [
        ("Tag added×", "Last seen", "Tag added"),
        ("Tag added×", "No tag added yet", "Tag added×"),
        ("Updated×", "Last seen", "Updated×"),
        ("Found 2 results. Sort by Newest", "Found 2 results.", "Found 2 results."),
    ],
)
def test_a_message_is_cut_only_where_it_stays_the_only_one(message: str, beside: str, sought: str) -> None:
    """Without the caption behind it, a message may be a part of another text."""
    shown = (Appeared(element=by_text("p", message)), Appeared(element=by_text("span", beside)))
    saved = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=shown))
    assert f'page.get_by_text("{sought}")' in write_test(story(saved)).code


def test_a_message_that_was_cut_is_found_by_its_role() -> None:
    """The page may hold the same words out of sight, from where a script took them: the alert is the one that shows."""
    roles = (Candidate(locator=ByRole(role="alert"), count=1),)
    said = by_text("div", "Settings saved.×").model_copy(update={"role": "alert", "live": True})
    said = said.model_copy(update={"candidates": (*said.candidates, *roles)})
    saved = ClickStep(target=by_role("button", "button", "Save"), **base(PAGE, PAGE, changes=(Appeared(element=said),)))
    code = write_test(story(saved)).code
    assert 'expect(page.get_by_role("alert").filter(has_text="Settings saved.")).to_be_visible()' in code


@given(st.text("abc \n\"'", max_size=400))
def test_no_line_is_wider_than_the_page(text: str) -> None:
    """Long texts are broken at the ends of their lines and words, addresses and patterns before their signs."""
    words = " ".join(word[:60] for word in text.split(" "))
    typed = FillStep(target=by_label("Text"), value=Typed(text=words), **base(PAGE))
    opened = GotoStep(
        url=HOME + "/books/list?" + "&".join(f"column{n}=title" for n in range(len(text) // 8)), **base(PAGE)
    )
    code = write_test(story(typed, opened)).code
    assert all(len(line) <= LINE_CHARS_MAX for line in code.splitlines()), code


def test_parts_below_each_other_are_not_one_text() -> None:
    """The recorder tells them with a gap, the page has none: only a name has it."""
    parted = by_text("h1", "Garden clubJournal").model_copy(update={"text": "Garden club Journal"})
    changes = (
        TextChanged(element=parted, before="Garden club Income", after="Garden club Journal"),
        Appeared(element=by_role("h1", "heading", "Garden club Journal")),
    )
    code = write_test(
        story(ClickStep(target=by_role("a", "link", "Journal"), **base(PAGE, PAGE, changes=changes)))
    ).code
    assert "to_contain_text" not in code
    assert "clubJournal" not in code
    assert 'expect(page.get_by_role("heading", name="Garden club Journal")).to_be_visible()' in code


@pytest.mark.parametrize("label", ["Payee: Town hallHardware storeMember Ann", "m"])
def test_a_label_that_is_no_name_is_not_used(label: str) -> None:
    """The list that opens in a label is a part of its text while it is open; one letter may stand anywhere."""
    ways = (Candidate(locator=ByLabel(value=label), count=1), Candidate(locator=ByPlaceholder(value="Payee"), count=1))
    field = by_label(label).model_copy(update={"candidates": ways})
    code = write_test(story(FillStep(target=field, value=Typed(text="Ann"), **base(PAGE)))).code
    assert 'page.get_by_placeholder("Payee").fill("Ann")' in code


def test_a_pattern_that_fits_several_texts_finds_none_of_them() -> None:
    """What was the only one with its number is one of many without it; the rest of the page says more."""
    others = tuple(Appeared(element=by_text("span", f"pid {number}, uptime 0:00:0{number}")) for number in (4021, 4022))
    opened = GotoStep(url=HOME + "/processes", **base(at("/processes"), at("/processes"), changes=others))
    shown = (
        Appeared(element=by_text("span", "pid 5117, uptime 0:00:01")),
        Appeared(element=by_text("div", "Process mailer started")),
    )
    start = ClickStep(target=by_role("a", "link", "Start"), **base(at("/processes"), at("/processes"), changes=shown))
    code = write_test(story(opened, start)).code
    assert "uptime" not in code
    assert 'expect(page.get_by_text("Process mailer started")).to_be_visible()' in code
    alone = write_test(story(start)).code
    assert "uptime" in alone


@pytest.mark.parametrize(
    ("caption", "text", "answers"),
    [
        ("Start", "Process mailer started", True),
        ("Archive", "The letter was archived.", True),
        ("Copy link", "Link copied!", True),
        ("Start", "Getting started", True),
        ("Start", "started", False),
        ("Run", "The job has been planned", False),
        ("Stop", "The job has been stopped", True),
        ("Export", "Exportselected nodescurrent flow", False),
        ("Save", "Saved at 12:30 today", False),
    ],
)
def test_a_message_that_says_what_was_clicked_is_known(caption: str, text: str, answers: bool) -> None:
    """The past of what a control says, in some words, none of them made up by a program."""
    assert Typing(asked=caption).answers(text) is answers


def test_a_pattern_is_tried_in_one_pass() -> None:
    """A text that repeats what stands around the changing parts, but lacks the end: each way would take years."""
    text = " ".join(f"pid {number}," for number in range(1_000, 1_400))
    assert not fits_several((*("pid", ",") * 200, "never"), {text, f"{text} and more"})
    assert fits_several(("pid", ", up"), {"pid 1, up 2", "pid 3, up 4", "pid 5"})
    assert not fits_several(("pid", ", up"), {"pid 1, up 2", "so pid 1, up 2 said"})


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Add Sourdough at Home to the cart and check out", "add_sourdough_at_home_to_the_cart_and_check_out"),
        ("Edit the product Clean Networks, 2nd edition", "edit_the_product_clean_networks_2nd_edition"),
        (
            "Add Bread, Butter, Cheese, Grapes and Water to the cart and check out now",
            "add_bread_butter_cheese_grapes_and_water_to_the_cart",
        ),
        (
            "Create the report about all that happened to the people of the town",
            "create_the_report_about_all_that_happened_to_the_people",
        ),
        ("Sign in", "sign_in"),
        ("and the", "and_the"),
    ],
)
def test_a_name_ends_where_it_says_something_whole(title: str, name: str) -> None:
    """A name that is too long ends before an `and`, or at a word that needs no other; numbers are part of it."""
    assert function_name(title) == f"test_{name}"


def test_a_quotation_in_another_is_told_from_it() -> None:
    """A message that has quotation marks of its own stands in others."""
    assert sentence("The user sees “Updated 'Networks'”", "") == "The user sees “Updated 'Networks'”."
    assert sentence("The user opens 'Please pay 240…'", "") == "The user opens 'Please pay 240…'."


@pytest.mark.parametrize(
    ("text", "busy"),
    [
        ("Saving…", True),
        ("Wird gespeichert…", True),
        ("Gespeichert.", False),
        ("Un momento", True),
        ("Recherche…", True),
        ("Recherche avancée", False),
        ("Tags 0 results are available, use up and down arrow keys to navigate.", True),
        ("3 Treffer, mit den Pfeiltasten auswählen", True),
        ("2 resultados, use las teclas de flecha para navegar", True),
        ("2 résultats, utilisez les flèches pour naviguer", True),
        ("Use the keys in the drawer to open it", False),
    ],
)
def test_what_a_page_says_while_it_works_is_known_in_each_language(text: str, busy: bool) -> None:
    """It is gone a moment later, so nothing is asserted of it."""
    assert is_busy(text) is busy


@pytest.mark.parametrize(
    ("text", "closes"), [("close Saved", True), ("cerrar Guardado", True), ("Close account", False), ("Done ×", True)]
)
def test_a_message_with_a_button_that_closes_it(text: str, closes: bool) -> None:
    """Its caption stands in small letters before what the message says, or as a sign at either end."""
    assert can_be_closed(text) is closes


def test_a_long_word_of_a_sentence_is_cut_with_its_quotes_closed() -> None:
    """What is left is a sentence still; a word of just SENTENCE_WORD_CHARS_MAX characters stays as it is."""
    link = "magnet:?xt=urn:btih:c9e15763f722f23e98a29decdfae341b98d53056"
    told = sentence(f"The user fills in '{link}', and sees more", "")
    assert told.startswith("The user fills in 'magnet:?xt=urn:btih:c9e1")
    assert "…', and sees more." in told
    whole = "x" * (SENTENCE_WORD_CHARS_MAX - 2)
    assert sentence(f"Open '{whole}'", "") == f"Open '{whole}'."
    assert max(map(len, told.split())) <= SENTENCE_WORD_CHARS_MAX


def test_an_item_is_not_cut_to_what_stands_elsewhere_too() -> None:
    """That `Adele Lundgren` is the only such text nobody counted, and the link says just that."""
    page = at("/issues/4")
    several = Candidate(locator=ByText(value="Adele Lundgren"), count=3)
    person = Element(tag="a", role="link", name="Adele Lundgren", text="Adele Lundgren", candidates=(several,))
    item = by_text("li", "Adele Lundgren Delete", role="listitem")
    delete = by_role("a", "link", "Delete", text="Delete")
    changes = tuple(Appeared(element=one) for one in (person, item, delete))
    watch = ClickStep(target=by_role("a", "link", "Watch"), **base(page, page, changes=changes))
    assert 'get_by_text("Adele Lundgren")' not in write_test(story(watch)).code


@pytest.mark.parametrize(
    ("title", "name"),
    [("Edit this page [e]", "Edit this page"), ("Edit this page", "Edit this page"), (None, "Edit this page [e]")],
)
def test_the_key_in_a_title_is_no_part_of_a_name(title: str | None, name: str) -> None:
    """Where a caption is shown under the mouse alone, the title names the link before that, and the caption then: what
    both have in common holds in either. What a page shows with brackets by itself stays."""
    link = by_role("a", "link", title or "Edit this page [e]", title=title)
    code = write_test(story(ClickStep(target=link, **base(PAGE, at("/edit"))))).code
    assert f'page.get_by_role("link", name="{name}").click()' in code


def test_the_heading_tells_a_page_and_not_the_way_to_it() -> None:
    """The way there may repeat what was typed: the page's own heading says where one is."""
    typed = FillStep(target=by_label("Database"), value=Typed(text="shop.db"), **base(at("/")))
    shown = (
        Appeared(element=by_text("p", "SQLite 3 » Server » shop.db » Table: orders")),
        Appeared(element=by_text("div", "Console | Check for update | Connected to shop.db")),
        Appeared(element=by_role("h2", "heading", "Table: orders", level=2)),
    )
    saved = ClickStep(
        target=by_role("button", "button", "Save"),
        **base(at("/"), at("/orders"), changes=shown, navigates=True, loads=True),
    )
    opened = ClickStep(target=by_role("a", "link", "Next"), **base(at("/orders")))
    code = write_test(story(typed, saved, opened)).code
    assert 'get_by_role("heading", name="Table: orders")' in code
    assert "»" not in code
    assert "|" not in code


def test_what_was_chosen_to_sign_in_is_no_result_of_later_steps() -> None:
    """The database that one works in stands on each page; the thing that was opened stands on this one."""
    begin = at("/")
    steps = (
        FillStep(target=by_label("Username"), value=Typed(text="ann"), **base(begin)),
        FillStep(target=by_label("Password", type="password"), value=Typed(secret="password"), **base(begin)),
        FillStep(target=by_label("Database"), value=Typed(text="shop.db"), **base(begin)),
        ClickStep(target=by_role("button", "button", "Login"), **base(begin, at("/db"), navigates=True, loads=True)),
    )
    shown = (
        Appeared(element=by_role("a", "link", "shop.db", text="shop.db")),
        Appeared(element=by_role("h2", "heading", "Table: orders", level=2)),
    )
    opened = ClickStep(
        target=by_role("a", "link", "orders"),
        **base(at("/db"), at("/orders"), changes=shown, navigates=True, loads=True),
    )
    code = write_test(story(*steps, opened, ClickStep(target=by_role("a", "link", "Next"), **base(at("/orders"))))).code
    assert 'get_by_role("heading", name="Table: orders")' in code
    assert 'name="shop.db"' not in code
