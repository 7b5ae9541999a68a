"""What is but the way to what was done, and what is nothing beside it."""

from bench.flows.synthetic import Visitor, element, heading
from schemas.elements import Ancestor, ByTag, Candidate, Element
from schemas.events import (
    Appeared,
    Check,
    Click,
    CountChanged,
    Fill,
    Gone,
    Navigation,
    Page,
    Press,
    Request,
    Select,
    StateChanged,
    Typed,
)
from tests.flows.acts import PLAIN, SENT, Acts, clicks, key, nothing, posts, sends, shape_of, signs_in, types


def test_a_look_at_another_tab_and_a_click_on_plain_text_are_nothing() -> None:
    """Neither a page that was opened beside nor a heading that was clicked is an activity or a view."""
    link = clicks(element("a", "link", "Help"), button="middle")
    text = Element(tag="h2", role="heading", name="Your details", text="Your details")

    def points(visitor: Visitor) -> None:
        visitor.add(Click, target=text)

    assert key(link, types("Title"), points, sends("Save issue")) == PLAIN


def test_putting_away_what_was_looked_at_is_no_activity() -> None:
    """A thing that was opened and closed again is a look, also where the page writes down what stands open; closing
    what the page answers to is an activity."""
    looks = clicks(element("a", "link", "Cellar"))
    search = (types("Title", form="title"), sends("Save"))
    assert key(looks, sends("Close", Gone(element=heading("Cellar").element), url=None), *search) == key(*search)
    assert key(looks, sends("Close", heading("Closed"), url=None), *search) != key(*search)


def test_signing_in_before_is_only_the_way() -> None:
    """Who had to sign in first did the same as who was signed in; to sign in alone is something as well."""

    def opens(visitor: Visitor) -> None:
        visitor.open("/issues/new")

    assert key(signs_in, opens, *SENT) == key(*SENT)
    assert key(signs_in, opens) != key(*SENT)


def test_a_search_before_is_only_the_way() -> None:
    """Who looked the thing up first, and then did something to it, did that."""

    def seeks(visitor: Visitor) -> None:
        visitor.write("Search", "cellar", kind="search")
        visitor.send("Search", "GET", "/search", heading("Results"), url="/search")
        visitor.open("/issues/new")

    assert key(seeks, *SENT) == key(*SENT)
    assert key(seeks) != key()


def test_what_the_browser_would_not_send_off_yet_is_no_activity() -> None:
    """A press on the button that sends nothing and changes nothing, before the one that does."""

    def presses(visitor: Visitor) -> None:
        visitor.add(Click, target=element("button", "button", "Save").model_copy(update={"type": "submit"}))

    first = types("Title", form="title")
    assert key(first, presses, types("Title", "Dry cellar", form="title"), sends("Save")) == key(*SENT)


def test_the_same_done_again_is_the_same() -> None:
    """Who adds three of them adds some."""
    adds = (types("Item", form="item"), sends("Add", url=None))
    assert key(*adds, *adds, *adds) == key(*adds)


def test_what_the_address_asks_for_was_searched_for() -> None:
    """A field that nothing calls a search, where what was typed into it stands in the address that it led to."""

    def seeks(word: str) -> Acts:
        def act(visitor: Visitor) -> None:
            visitor.write("Where to", word)
            cause = visitor.add(Press, target=element("input", "textbox", "Where to"), key="Enter")
            visitor.came(cause, heading("Found"), url=f"/found?to={word.lower()}")

        return act

    named = key(lambda v: v.write("Search", "Rome", kind="search"), sends("Search", url="/found?q=rome"))
    assert key(seeks("Potsdam")) == key(seeks("Rome")) == named
    assert key(seeks("Potsdam"), lambda v: v.open("/issues/new"), *SENT) == key(*SENT)


def goes_to(start: str, label: str, typed: str, url: str, shown: str) -> Acts:
    """Types what a thing is called by, and comes to its page by Enter."""

    def goes(visitor: Visitor) -> None:
        visitor.open(start)
        visitor.write(label, typed)
        cause = visitor.add(Press, target=element("input", "textbox", label), key="Enter")
        visitor.add(Request, method="GET", url=f"{visitor.home}{url}", status=200, cause=cause)
        visitor.came(cause, heading(shown), url=url)

    return goes


def test_what_was_said_over_an_open_connection_is_no_lookup() -> None:
    """A message over a WebSocket may have made what the address is then called by: nobody knows that it only asked."""

    def names(visitor: Visitor, speaks: bool) -> None:
        visitor.open("/add-board")
        visitor.write("Slug", "valley")
        cause = visitor.add(Press, target=element("input", "textbox", "Slug"), key="Enter")
        if speaks:
            visitor.add(Request, method="SEND", url=f"{visitor.home}/socket", status=None, cause=cause)
        visitor.add(Request, method="GET", url=f"{visitor.home}/board/valley", status=200, cause=cause)
        visitor.came(cause, heading("Board"), url="/board/valley")

    asked, said = (key(lambda visitor, speaks=speaks: names(visitor, speaks)) for speaks in (False, True))
    found = key(goes_to("/add-board", "Slug", "valley", "/board/valley", "Board"))
    assert asked == found != said


def test_a_code_that_opens_its_thing_is_a_way() -> None:
    """`Go to order`: nothing is asked for but the page of what was typed."""

    goes = goes_to("/orders", "Order code", "UPRVN", "/orders/UPRVN", "Order UPRVN")

    def opens(visitor: Visitor) -> None:
        visitor.open("/orders/HTZU3")

    assert key(goes, *SENT) == key(opens, *SENT)
    assert key(goes) != key(opens)


def test_a_number_that_opens_its_thing_is_a_way() -> None:
    """`Show issue: 3` leads to `/issue3`, where the kind and the number are one part of the address."""
    goes = goes_to("/home", "number", "3", "/issue3", "Issue 3")
    assert key(goes, *SENT) == key(lambda visitor: visitor.open("/issue7"), *SENT)


def test_a_page_of_a_menu_is_not_sorted_by_opening_it() -> None:
    """Its address may say in which order it shows what is on it."""
    menu = (Ancestor(tag="nav", role="navigation"),)

    def opens(*near: Ancestor) -> Acts:
        def act(visitor: Visitor) -> None:
            target = element("a", "link", "Books", *near)
            visitor.came(visitor.add(Click, target=target), heading("Books"), url="/issues/new?data=all&sort=stored")

        return act

    assert key(opens(*menu)) == key(lambda v: v.open("/issues/new?data=all"))
    assert key(opens()) != key(opens(*menu))


def test_what_an_editor_hands_over_as_the_page_is_left_was_sent() -> None:
    """A field that changes once the form was sent off is no second form."""
    late = types("Body", "<p>Wet</p>", form="title")

    def leaves(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("button", "button", "Save"))
        visitor.add(Request, method="POST", url=f"{visitor.home}/issues", status=200, cause=cause)
        late(visitor)
        visitor.came(cause, heading("Wet cellar"), url="/issues/7")

    assert key(types("Title", form="title"), leaves) == key(*SENT)


def test_the_words_on_a_link_are_no_box() -> None:
    """Though they are marked as the label of a field: a page of a menu was opened by them."""

    def opens(visitor: Visitor) -> None:
        words = element("label", "", "New issue", Ancestor(tag="a", role="link", name="New issue"))
        visitor.open("/home")
        visitor.came(visitor.add(Click, target=words), heading("New issue"), url="/issues/new")

    assert key(opens, *SENT) == key(*SENT)


def test_fields_of_pages_without_an_address_are_fields() -> None:
    """Where the source tells no addresses, nothing says that a page was left."""

    def fills(label: str) -> Acts:
        target = element("input", "textbox", label)
        return lambda v: nothing(v.add(Fill, target=target, value=Typed(text="x"), page=Page()))

    def goes(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("button", "button", "Next"), page=Page())
        visitor.add(Navigation, url=visitor.url, cause=cause, how="load", page=Page())

    assert shape_of(fills("Email"), goes, fills("Title")) != shape_of(fills("Email"), goes)


def test_who_went_on_after_opening_a_form_opened_it() -> None:
    """Pages that were only looked at afterwards make no other flow of it."""
    assert key(clicks(element("button", "button", "Add to list")), lambda v: v.open("/help")) == key(
        clicks(element("button", "button", "Add to list"))
    )


def test_sorting_and_filtering_are_only_the_way() -> None:
    """Alone, sorting a list and filtering it are two things to do, and neither is to look at it; before something else
    they count for nothing, by a link or by a list."""

    def narrows(name: str, to: str) -> Acts:
        def act(visitor: Visitor) -> None:
            visitor.open("/issues")
            visitor.came(visitor.add(Click, target=element("a", "link", name)), heading("Issues"), url=f"/issues?{to}")

        return act

    def picks(visitor: Visitor) -> None:
        visitor.open("/issues")
        cause = visitor.add(Select, target=element("select", "combobox", "Status"), options=({"value": "open"},))
        visitor.came(cause, heading("Issues"), url="/issues?status=open")

    looked = key(lambda v: v.open("/issues"))
    filtered, ordered = key(narrows("Open", "status=open")), key(narrows("Name", "sort=name"))
    assert len({looked, filtered, ordered}) == 3
    assert filtered == key(picks) == key(narrows("Open", "status=open"), narrows("Name", "status=open&sort=name"))
    assert key(narrows("Open", "status=open"), lambda v: v.open("/issues/new"), *SENT) == key(*SENT)
    assert key(narrows("Town", "tag=0c3d9c1e-7b7a-4c0e-9d0a-3f2b8a1c5e77")) == filtered
    assert key(narrows("Next", "page=2")) == looked
    assert key(narrows("Order 3f9", "order=3f9a2b1c")) == looked


def test_a_button_that_only_changes_how_the_page_looks_is_nothing_beside_a_activity() -> None:
    """A mode switched, an announcement put away; alone it is all that was done."""
    looks = clicks(element("button", "button", "Compact view"))
    assert key(looks, *SENT) == key(*SENT)
    assert key(looks) != key()


def test_what_is_asked_by_post_is_only_asked() -> None:
    """Some apps ask for lists by POST: an address that ends so changes nothing."""
    assert key(posts("Refresh", "/runs/search"), *SENT) == key(*SENT)
    assert key(posts("Refresh", "/runs/restart"), *SENT) != key(*SENT)


def test_a_look_at_the_form_so_far_is_nothing() -> None:
    """A preview before it is sent off."""
    typed = types("Title", form="title")
    assert key(typed, posts("Show preview", "/preview", heading("Preview")), sends("Save")) == key(typed, sends("Save"))


def test_who_looks_round_after_signing_in_signed_in() -> None:
    """By the menu, page after page; the only page that was opened, or what stands on the page itself, was come for."""
    menu = Ancestor(tag="nav", role="navigation")
    tools, help_pages = ((lambda v, to=to: v.follow(to, f"/{to.lower()}", menu)) for to in ("Tools", "Help"))
    assert key(signs_in, tools, help_pages) == key(signs_in)
    assert key(signs_in, tools) not in (key(signs_in), key(signs_in, help_pages))
    assert key(signs_in, lambda v: v.follow("Report of May", "/reports/5")) != key(signs_in)


def test_who_thought_better_of_it_first_did_it_once() -> None:
    """A page or a dialog that asks whether it is meant, left by Cancel, and come to again."""

    def asks(url: str | None) -> Acts:
        target = element("button", "button", "Delete issue")
        return lambda visitor: visitor.came(visitor.add(Click, target=target), heading("Delete?"), url=url)

    def cancels(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("button", "button", "Cancel"))
        visitor.came(cause, heading("Wet cellar"), url="/issues/7")

    def on_page(visitor: Visitor) -> None:
        visitor.open("/issues/7")

    done = (posts("Yes, I mean it", "/issues/7/delete", url="/issues"),)
    for url in ("/issues/7/delete", None):
        assert key(on_page, asks(url), cancels, asks(url), *done) == key(on_page, asks(url), *done)


def test_who_looked_at_something_after_signing_in_and_came_back_signed_in() -> None:
    """A page that was opened and left again at once is none."""

    def looks(visitor: Visitor) -> None:
        visitor.came(visitor.add(Click, target=element("a", "link", "Wet cellar")), url="/issues/7")

    def returns(visitor: Visitor) -> None:
        visitor.add(Navigation, url=f"{visitor.home}/home", how="back_forward")

    assert key(signs_in, looks, returns) == key(signs_in)


def test_an_app_that_writes_all_it_has_into_the_address_sorts_nothing() -> None:
    """Who opens a list whose address then says how it is sorted has opened it; by a head of the table, it is sorted."""

    def opens(query: str) -> Acts:
        target = element("a", "link", "Runs")
        return lambda visitor: visitor.came(visitor.add(Click, target=target), url=f"/issues/new?{query}")

    assert key(opens("sort=name&filter=&page=1&range=all")) == key()
    assert key(opens("sort=name")) != key()


def test_a_button_that_says_what_is_shown_narrows_the_list() -> None:
    """Where the list has another length afterwards."""
    rows = Element(tag="li", role="listitem")
    fewer = CountChanged(element=rows, items=Candidate(locator=ByTag(tag="li")), before=9, after=4)

    def shows(caption: str) -> Acts:
        return lambda visitor: visitor.came(visitor.add(Click, target=element("button", "button", caption)), fewer)

    assert shape_of(shows("Show unread messages"))[0] == [["narrow", "", [], "filter", ""]]
    assert shape_of(shows("Show more"))[0] == []


def test_what_brings_the_search_box_is_only_the_way() -> None:
    """A button that opens it, and a key that does."""

    def seeks(visitor: Visitor) -> None:
        visitor.write("Search", "cellar", kind="search")
        visitor.send("Search", "GET", "/search", heading("Results"), url="/search")

    def brings(visitor: Visitor) -> None:
        button = element("button", "button", "Search, or press /")
        visitor.came(visitor.add(Click, target=button), heading("Search in all issues"))

    assert key(brings, seeks) == key(seeks)


def test_a_tab_within_a_form_sends_nothing_off() -> None:
    """Whatever it says: it leads to another part of the same page."""

    def opens(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("a", "link", "Filters & triggers"))
        visitor.came(cause, url="/issues/new#filters")

    first, last = types("Title", form="title"), types("Owner", form="title")
    assert key(first, opens, last, sends("Save")) == key(first, last, sends("Save"))


def test_a_list_of_the_page_s_own_within_a_form_is_no_activity() -> None:
    """Neither opening it nor the choice sends the form off, or gives up what was filled in before."""
    box = element("div", "combobox", "Pick a crewNorthSouth")
    around = (Ancestor(tag="ul", role="listbox"),)
    option = element("li", "option", "North").model_copy(update={"ancestors": around})

    def opens(visitor: Visitor) -> None:
        visitor.came(visitor.add(Click, target=box), Appeared(element=option))

    assert key(types("Title"), opens, clicks(option), sends("Save issue")) == PLAIN


def test_a_label_that_was_clicked_is_the_choice_that_it_made() -> None:
    """Recorders tell of the label or of its choice; it is the same thing that was done, which choice is data."""

    def theme(name: str) -> Element:
        return element("input", "radio", name).model_copy(update={"type": "radio", "name_attribute": "theme"})

    def labelled(visitor: Visitor) -> None:
        label = Element(tag="label", text="Dark")
        taken = StateChanged(element=theme("Dark"), state="checked", after=True)
        visitor.came(visitor.add(Click, target=label), taken)

    assert key(labelled) == key(lambda visitor: nothing(visitor.add(Check, target=theme("Light"), checked=True)))
