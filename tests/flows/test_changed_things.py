"""What was asked of the app tells what was done, wherever the thing was shown."""

import pytest

from bench.flows.synthetic import Visitor, element
from schemas.elements import Ancestor
from schemas.events import Appeared, Check, Click, Drag, Fill, Gone, Request, Typed
from tests.flows.acts import Acts, key, nothing, sends, shape_of, types


def opens(path: str) -> Acts:
    return lambda visitor: visitor.open(path)


def asks(visitor: Visitor, cause: str, address: str, method: str = "POST") -> None:
    visitor.add(Request, method=method, url=visitor.home + address, status=200, cause=cause)
    visitor.came(cause)


def test_a_thing_is_changed_from_any_view() -> None:
    """A task that is edited on the page of today, in a project, or under a label is edited."""

    def edits(view: str, task: int) -> str:
        rename = types("Name", before="Old"), sends("Save", url=None, to=f"/api/tasks/{task}", by="PATCH")
        return key(opens(view), *rename)

    assert edits("/today", 4711) == edits("/projects/12", 815) == edits("/label/home", 99)


def test_a_thing_is_made_from_any_view() -> None:
    """The address of the list says what is made."""

    def makes(view: str, address: str = "/api/tasks") -> str:
        return key(opens(view), types("Name"), sends("Add", url=None, to=address))

    assert makes("/today") == makes("/upcoming") != makes("/today", "/api/labels")


def test_a_thing_is_called_what_was_typed_even_by_a_word_of_the_app() -> None:
    """The address of the request ends with what was typed: that is a name, be it one that apps call their pages by."""

    def makes(name: str) -> str:
        save = sends("Add exchange", url=None, to=f"/api/exchanges/%2F/{name}", by="PUT")
        return key(opens("/#/exchanges"), types("Name", text=name), save)

    assert makes("shipping") == makes("alerts") == makes("admin")


def test_pages_of_one_kind_lie_in_any_folder() -> None:
    """What a page in one folder is edited to is the same flow as in another, where its editor saves to one address."""

    def publishes(page: str) -> str:
        return key(opens(page), types("Body", before="Old"), sends("Publish", url=None, to="/api/pages/7/publish"))

    assert publishes("/handbook/fire-drill") == publishes("/exhibitions/old-clocks")


def test_what_is_done_in_a_row_is_done_on_the_thing_s_page() -> None:
    """A control that says itself what it does does it from the list as well."""
    approve = sends("Approve", url=None, to="/requests/7/approve")
    assert key(opens("/requests"), approve) == key(opens("/requests/7"), approve)


def test_forms_on_the_page_of_a_thing_stay_apart() -> None:
    """They may save to one address: which of them it is says the page."""

    def saves(page: str) -> str:
        return key(opens(page), types("Text", before="Old"), sends("Save", url=None, to="/api/projects/7", by="PATCH"))

    assert saves("/projects/7/wording") != saves("/projects/7/colours")


@pytest.mark.parametrize("address", ["/graphql", "/save", "/rpc", "/"])
def test_an_address_that_names_no_thing_tells_nothing(address: str) -> None:
    """Where all is asked at one address, the page tells flows apart."""
    saves = types("Text"), sends("Save", url=None, to=address)
    assert key(opens("/blue"), *saves) != key(opens("/green"), *saves)


def test_settings_and_forms_that_make_things_are_told_by_their_page() -> None:
    """Several pages of settings write to one account."""

    def saves(page: str) -> str:
        return key(opens(page), types("Text", before="Old"), sends("Save", url=None, to="/api/users/7", by="PATCH"))

    assert saves("/settings/profile") != saves("/settings/mail")


def test_a_page_is_a_thing_where_its_own_verb_follows_it() -> None:
    """`Star` on `/ada/shop` asks `/ada/shop/star`: so does any page of its kind, and none of the app's own."""

    def presses(label: str, page: str, verb: str) -> str:
        return key(opens(page), sends(label, url=None, to=f"{page}/{verb}"))

    assert presses("Star", "/ada/shop", "star") == presses("Star", "/bo/cli", "star")
    assert presses("Clear", "/cart", "clear") != presses("Clear", "/history", "clear")


def test_a_switch_is_one_flow_for_all_things_and_both_ways() -> None:
    """Which of many things was switched, and whether on or off, is data."""

    def switches(name: str, on: bool) -> str:
        target = element("input", "switch", name).model_copy(update={"type": "checkbox", "label": name})

        def act(visitor: Visitor) -> None:
            cause = visitor.add(Check, target=target, checked=on)
            asks(visitor, cause, f"/api/devices/{len(name)}/{'on' if on else 'off'}")

        return key(opens("/"), act)

    def presses(label: str, state: str) -> str:
        return key(opens("/devices/7"), sends(label, url=None, to=f"/api/devices/7/{state}"))

    assert switches("Kitchen lamp", on=True) == switches("Fan", on=False)
    assert presses("Turn on", "turn_on") == presses("Turn off", "turn_off") != presses("Rename", "rename")


def test_an_option_that_is_kept_at_once_is_chosen() -> None:
    """A list of the page's own that saves what was clicked does something, and only what it saves tells what."""

    def picks(option: str, address: str) -> Acts:
        def act(visitor: Visitor) -> None:
            asks(visitor, visitor.add(Click, target=element("div", "option", option)), address, "PUT")

        return act

    labels = picks("bug", "/issues/7/labels")
    assert "option" in str(shape_of(opens("/issues/7"), labels))
    assert key(opens("/issues/7"), labels) == key(opens("/issues/9"), picks("docs", "/issues/9/labels"))
    assert key(opens("/issues/7"), labels) != key(opens("/issues/7"), picks("ada", "/issues/7/assignee"))


def test_a_form_is_one_however_little_was_entered() -> None:
    """A form that is known as one, of which only a list was used: its remark is optional."""
    form = "appointment / doctor"

    def books(*more: Acts) -> str:
        box = element("input", "radio", "09:00").model_copy(update={"type": "radio", "form": form})

        def ticks(visitor: Visitor) -> None:
            nothing(visitor.add(Check, target=box, checked=True))

        return key(opens("/patients/7/appointments/new"), ticks, *more, sends("Book", to="/patients/7/appointments"))

    assert books() == books(types("Reason", form=form))


def test_files_in_any_folder_are_one_kind() -> None:
    """The folders and the name of a file that is no page are data; a script of the server is a page."""

    def edits(path: str) -> str:
        return key(opens(f"/editor/edit/{path}"), types("Text", before="Old"), sends("Commit", url=None, to="/save"))

    assert edits("main/README.md") == edits("main/docs/guide.md")
    assert edits("tags.php") != edits("posts.php")


@pytest.mark.parametrize(("owner", "name"), [("team-x", "site"), ("bo", "cli"), ("ada", "notes")])
def test_names_of_owners_are_data_however_short(owner: str, name: str) -> None:
    """Two letters, or one after a dash, are a name as well."""

    def comments(path: str) -> str:
        return key(opens(f"/{path}/issues/7"), types("Comment", form="c"), sends("Send", to=f"/{path}/issues/7/notes"))

    assert comments(f"{owner}/{name}") == comments("cleo/infra")


def test_a_language_before_the_names_is_none() -> None:
    """What stands first in all addresses of a site is a language where it is one."""
    near = Ancestor(tag="nav", role="navigation")
    there = opens("/de/ada/shop/issues"), lambda visitor: visitor.follow("Hilfe", "/de/help", near)
    assert "/de/" in str(shape_of(*there))


def test_what_saved_itself_was_sent_off() -> None:
    """An editor that keeps what was typed by keys or by itself needs no button."""
    area = element("div", "textbox", "Text")

    def types_and_keeps(visitor: Visitor) -> None:
        asks(visitor, visitor.add(Fill, target=area, value=Typed(text="New"), before="Old"), "/api/source", "PUT")

    def types_and_saves(visitor: Visitor) -> None:
        visitor.add(Fill, target=area, value=Typed(text="New"), before="Old")
        visitor.send("Save", "PUT", "/api/source", url=None)

    assert key(opens("/editor"), types_and_keeps) == key(opens("/editor"), types_and_saves)


def test_an_entry_that_is_noted_as_read_is_opened() -> None:
    """All that stands in an entry of a list is no verb, and what the app notes as it opens one is nothing done."""

    def reads(subject: str, number: int, noted: bool) -> Acts:
        def act(visitor: Visitor) -> None:
            cause = visitor.add(Click, target=element("button", "button", f"ann@example.com today {subject}"))
            if noted:
                visitor.add(Request, method="PATCH", url=f"{visitor.home}/api/email/{number}", cause=cause, status=200)
            visitor.came(cause, url=f"/email/{number}")

        return act

    plain = key(opens("/"), reads("Please remove or pay the old bill", 7, noted=False))
    assert plain == key(opens("/"), reads("Please remove or pay the old bill", 9, noted=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/club/account/Assets:Bank", "/club/account/Assets:Cash"),
        ("/email/ofahebcl", "/email/br5buzam"),
        ("/devices/kitchen_lamp", "/devices/radio"),
        ("/scenes/movie", "/scenes/good-night"),
    ],
)
def test_names_after_a_kind_are_data(one: str, other: str) -> None:
    """Names with colons, ids of letters alone, names in several words, and names that are kinds elsewhere."""
    assert shape_of(opens(one)) == shape_of(opens(other))


@pytest.mark.parametrize("page", ["/users/reset_password", "/garden-club/balance_sheet", "/posts/tag/roses"])
def test_pages_of_the_app_keep_their_words(page: str) -> None:
    """What is done there, or a list within a list, is no name of a thing."""
    assert page.split("/")[2] in str(shape_of(opens(page)))


@pytest.mark.parametrize("first", [True, False])
def test_requests_that_are_sent_together_come_in_any_order(first: bool) -> None:
    """Which of several answers came first is chance."""
    both = ("PUT", "/lists/open/items/7"), ("DELETE", "/bags/main/items/7")

    def act(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("button", "button", "Throw away"))
        for method, address in both if first else reversed(both):
            visitor.add(Request, method=method, url=visitor.home + address, status=204, cause=cause)
        visitor.came(cause)

    assert "/bags/" in str(shape_of(opens("/"), act))


def test_a_call_names_what_was_done() -> None:
    """`/api/channels.mute` is no file: it says what was done, from whichever page, and by whichever sign."""

    def presses(page: str, label: str, call: str) -> str:
        return key(opens(page), sends(label, url=None, to=f"/api/v1/{call}"))

    assert presses("/channel/garden", "Mute", "rooms.mute") == presses("/dm/ann", "Mute", "rooms.mute")
    assert presses("/dm/ann", "Do it", "rooms.mute") != presses("/dm/ann", "Do it", "rooms.leave")
    assert presses("/dm/ann", "👍", "reactions.add") == presses("/dm/ann", "🎉", "reactions.add")


def test_a_name_between_two_lists_is_data() -> None:
    """Though it looks like the name of a list."""
    assert shape_of(opens("/courses/knots/lessons")) == shape_of(opens("/courses/pottery/lessons"))
    assert "roles" in str(shape_of(opens("/users/roles")))


def test_a_word_of_apps_is_a_name_after_its_kind() -> None:
    """`#general` in a list of channels leads to `/channel/general`."""

    def reads(name: str) -> list[object]:
        near = Ancestor(tag="li", role="listitem")
        return shape_of(opens("/"), lambda visitor: visitor.follow(f"#{name}", f"/channel/{name}", near))

    assert reads("general") == reads("garden")


def test_which_list_something_is_dragged_to_is_data() -> None:
    """A card is moved on the board, whichever column it comes to."""

    def moves(column: str) -> str:
        def act(visitor: Visitor) -> None:
            onto = element("div", "list", column)
            asks(visitor, visitor.add(Drag, target=element("div", "listitem", "Card"), onto=onto), "/graphql")

        return key(opens("/deals"), act)

    assert moves("Won") == moves("Lost")


def test_a_page_that_shows_its_own_id_is_another_page() -> None:
    """A wiki whose addresses name the page in the query, and that writes this name above it, only opened it."""

    def opens_link(visitor: Visitor) -> None:
        cause = visitor.add(Click, target=element("a", "link", "FAQ"))
        gone = [Gone(element=element("a", "link", "FAQ")), Gone(element=element("span", "status", "start"))]
        shown = Appeared(element=element("span", "status", "guides:faq"))
        visitor.came(cause, *gone, shown, url="/doku.php?id=guides:faq")

    assert "link" not in str(shape_of(opens("/doku.php?id=start"), opens_link))
