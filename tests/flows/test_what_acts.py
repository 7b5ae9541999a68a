"""What does something to a thing, and how: links, boxes, keys, entries of lists."""

from typing import Any

from bench.flows.synthetic import Visitor, alert, element, heading
from schemas.elements import Ancestor, Element
from schemas.events import Appeared, Check, Click, Gone, Navigation, Press, Request
from tests.flows.acts import PLAIN, Acts, key, posts, sends, signs_in, types


def test_a_link_that_brings_the_same_page_back_acts() -> None:
    """It says what was done, or has the link no more; one that shows the page as it was does nothing."""

    def follows(name: str, *changes: Any, url: str = "/issues/new") -> Acts:
        def act(visitor: Visitor) -> None:
            cause = visitor.add(Click, target=element("a", "link", name))
            visitor.add(Navigation, url=visitor.home + url, cause=cause, how="load")
            visitor.came(cause, *changes, url=url)

        return act

    def gone(name: str) -> Gone:
        return Gone(element=element("a", "link", name))

    nothing_done = key(follows("Take"))
    taken = key(follows("Take", gone("Take")))
    assert taken != nothing_done
    assert taken == key(follows("Take", gone("Take"), url="/issues/new?results=d7f15a801f6f7ae9797c6b5d6db9b970"))
    assert key(follows("Retract", alert("State changed."))) not in (nothing_done, taken)
    assert key(follows("Reviews", alert("Showing 3 related items"), url="/issues/new#reviews")) == nothing_done
    assert key(follows("Take", alert("You may not do that: access denied."))) == nothing_done
    assert key(follows("Item 7", gone("Item 7"), url="/issues/new?item=7")) == key(
        follows("Item 7", url="/issues/new?item=7")
    )


def test_a_link_with_a_token_that_comes_back_acts() -> None:
    """A token against forged requests is carried by what changes something; what leads on needs none."""

    def follows(href: str) -> Acts:
        target = element("a", "link", "Pin").model_copy(update={"href": href})

        def act(visitor: Visitor) -> None:
            cause = visitor.add(Click, target=target)
            visitor.add(Navigation, url=f"{visitor.home}/issues/new", cause=cause, how="load")
            visitor.came(cause, Appeared(element=Element(tag="span", text="Pinned")), url="/issues/new")

        return act

    assert key(follows("/issues/7/pin?token=withheld")) != key()
    assert key(follows("/issues/7/pin")) == key(follows("/issues/new?token=withheld")) == key()


def test_a_link_that_asks_for_a_tag_narrows_the_list() -> None:
    """Whatever the app calls the parameter: who came for that came for a list, not only to sign in."""
    assert key(signs_in, lambda v: v.follow("baking", "/home?searchtags=baking")) != key(signs_in)


def test_what_a_new_page_asks_for_is_not_what_the_form_changed() -> None:
    """The page that came after a form was sent has a picture made for each thing of its list."""

    def saves(visitor: Visitor, *pictures: str) -> None:
        cause = visitor.add(Click, target=element("button", "button", "Save issue"))
        visitor.add(Request, method="POST", url=f"{visitor.home}/issues", status=200, cause=cause)
        for picture in pictures:
            visitor.add(Request, method="PATCH", url=visitor.home + picture, status=200, cause=cause)
        visitor.add(Navigation, url=f"{visitor.home}/issues", cause=cause, how="load")
        visitor.came(cause, heading("Wet cellar"), url="/issues")

    def at_board(visitor: Visitor) -> None:
        visitor.open("/board")

    one = key(at_board, types("Title"), saves)
    assert key(at_board, types("Title"), lambda v: saves(v, "/admin/issues/11/picture")) == one


def test_saving_by_the_keyboard_is_saving() -> None:
    """Ctrl+S after something was filled in sends it off; without, it is a key."""

    def saves(visitor: Visitor) -> None:
        cause = visitor.add(Press, target=element("body", "document", ""), key="s", modifiers=("Control",))
        visitor.add(Request, method="POST", url=f"{visitor.home}/issues", status=200, cause=cause)
        visitor.came(cause, heading("Wet cellar"), url="/issues/7")

    assert key(types("Title"), saves) == PLAIN
    assert key(saves) not in (PLAIN, key())


def test_what_one_thing_is_made_of_is_left_to_the_user() -> None:
    """Where one thing is made, one field or several were filled in; a note alone makes none."""
    assert key(types("Title"), types("Room"), sends("Save issue")) == PLAIN
    assert key(types("Comment"), sends("Save issue")) != PLAIN


def test_a_box_with_a_form_of_its_own_says_what_is_done() -> None:
    """`Read` and `Archived`, each sent off as it is ticked, are two things to do to a book."""

    def ticks(label: str, form: str) -> Acts:
        target = element("input", "checkbox", label).model_copy(update={"form": form})

        def act(visitor: Visitor) -> None:
            cause = visitor.add(Check, target=target)
            visitor.add(Request, method="POST", url=f"{visitor.home}/toggle", status=200, cause=cause)
            visitor.came(cause)

        return act

    assert key(ticks("Read", "read / Read")) != key(ticks("Archived", "kept / Archived"))
    assert key(ticks("Red", "colours / Red")) != key(ticks("Read", "read / Read"))
    elsewhere = key(lambda v: v.open("/found"), ticks("Read", "read / Read"))
    assert elsewhere == key(ticks("Read", "read / Read"))


def test_which_of_a_named_list_was_taken_is_data() -> None:
    """A link without an address, in a list that says what it is for; without such a list it says so itself."""

    def takes(name: str, *near: Ancestor) -> Acts:
        target = Element(tag="a", text=name, ancestors=near)

        def act(visitor: Visitor) -> None:
            cause = visitor.add(Click, target=target)
            visitor.add(Request, method="POST", url=f"{visitor.home}/add", status=204, cause=cause)
            visitor.came(cause)

        return act

    shelves = (Ancestor(tag="li", role="listitem"), Ancestor(tag="ul", role="list", name="Add to shelf"))
    assert key(takes("To read", *shelves)) == key(takes("Lent out", *shelves))
    assert key(takes("To read", *shelves)) != key()
    assert key(takes("Follow")) != key(takes("Mute"))


def test_to_unwatch_a_thing_is_an_act_as_to_watch_it_is() -> None:
    """A link that stays on its page, and of which the recording knows no request."""

    def clicks(name: str) -> Acts:
        def act(visitor: Visitor) -> None:
            visitor.came(visitor.add(Click, target=element("a", "link", name)), heading("Watchers (0)"))

        return act

    assert len({key(), key(clicks("Watch")), key(clicks("Unwatch"))}) == 3


def test_where_the_app_goes_after_a_deletion_says_nothing() -> None:
    """To the list that it was opened from, whichever that was."""
    assert len({key(posts("Delete", "/delete", alert("Deleted."), url=back)) for back in ("/shelves", "/found")}) == 1
