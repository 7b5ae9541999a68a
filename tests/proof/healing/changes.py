"""The changes of the sample app: what differs, what users do now, and which decision is right."""
# ruff: noqa: E501 (pieces of pages are easier to read whole)

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

from pipeline.proof.healing import Decision
from tests.proof.healing.shop import NAV, ORDER, Answer, Handle, Version, placed

Act = Callable[[Page, int], None]
"""What one user does; the number tells users, and what they type, apart."""
CUSTOMERS = ("Ada Quill", "Ben Okafor", "Cleo Marsh", "Dan Ibarra", "Ella Voss", "Finn Aas", "Gita Rao", "Hugo Reis")
TASKS = ("Buy flour", "Call the baker", "Wash the jars", "Order labels", "Sweep the floor", "Count the mugs",
         "Pay the rent", "Fix the lamp")  # fmt: skip


def typed(page: Page, label: str, text: str) -> None:
    """Fills in a field, key by key."""
    field = page.get_by_label(label, exact=True)
    field.click()
    field.press_sequentially(text)


def order(
    opens: str = "New order",
    customer: str = "Customer",
    product: str = "Product",
    quantity: str = "Quantity",
    gift: str = "Gift wrap",
    sends: str = "Place order",
    role: Literal["button", "link"] = "button",
    option: str = "Blue mug",
    before: Callable[[Page], None] = lambda _: None,
    extra: Callable[[Page], None] = lambda _: None,
    after: Callable[[Page], None] = lambda _: None,
    told: str = "is on its way",
) -> Act:
    """Somebody orders a mug."""

    def act(page: Page, number: int) -> None:
        page.goto("/")
        before(page)
        page.get_by_role("link", name=opens).click()
        if customer:
            typed(page, customer, CUSTOMERS[number % len(CUSTOMERS)])
        if product:
            page.get_by_label(product, exact=True).select_option(option)
        if quantity:
            page.get_by_label(quantity, exact=True).fill(str(2 + number % 2))
        if gift:
            page.get_by_label(gift).check()
        extra(page)
        page.get_by_role(role, name=sends).last.click()
        after(page)
        if told:
            page.get_by_text(told).wait_for()
        else:
            page.wait_for_timeout(400)

    return act


def task(
    field: str = "What is to be done?",
    adds: str = "Add task",
    before: Callable[[Page], None] = lambda _: None,
    extra: Callable[[Page], None] = lambda _: None,
    told: str = "Added",
) -> Act:
    """Somebody notes a task."""

    def act(page: Page, number: int) -> None:
        page.goto("/")
        page.get_by_role("link", name="Tasks").click()
        before(page)
        typed(page, field, TASKS[number % len(TASKS)])
        extra(page)
        page.get_by_role("button", name=adds).click()
        if told:
            page.get_by_role("status").filter(has_text=told).wait_for()
        else:
            page.wait_for_timeout(400)

    return act


def reads_help(page: Page, number: int) -> None:
    """Somebody only reads."""
    page.goto("/")
    page.get_by_role("link", name="Help").click()
    page.get_by_text("How long does it take?" if number % 2 else "Who pays for parcels?").click()
    page.wait_for_timeout(100)


def gives_up(opens: str, at: Act | None = None) -> Act:
    """Somebody comes to the page and finds nothing to do there."""

    def act(page: Page, number: int) -> None:
        if at is not None:
            at(page, number)
            return
        page.goto("/")
        page.get_by_role("link", name=opens).click()
        page.wait_for_timeout(200)

    return act


def click(role: Literal["button", "link", "checkbox", "menuitem"], name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role(role, name=name).click()


@dataclass(frozen=True)
class Change:
    """`flow` is whose test is concerned; `visits` what each of the new visitors does; `decision` the right one."""

    name: str
    flow: Literal["order", "task"]
    version: Version
    decision: Decision
    visits: Sequence[Act]

    @property
    def repairable(self) -> bool:
        """Whether the test can be written anew from what users do now."""
        return self.decision == "heal"


def edits(*pairs: tuple[str, str], handle: Handle | None = None) -> Version:
    return Version(pairs, handle)


def new_id(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Another id for a field; it is sent under the same name."""
    return (f'id="{before}"', f'id="{after}"'), (f'for="{before}"', f'for="{after}"')


def _on(method: str, path: str, answer: Answer | Callable[[dict[str, str]], Answer]) -> Handle:
    def handle(asked: str, where: str, sent: dict[str, str]) -> Answer | None:
        if (asked, where) != (method, path):
            return None
        return answer(sent) if callable(answer) else answer

    return handle


def _moved(method: str, old: str, new: str, page: str) -> Handle:
    """A page at another address."""

    def handle(asked: str, where: str, _: dict[str, str]) -> Answer | None:
        if asked == method and where == old:
            return 404, "<h1>Not found</h1>", ""
        return (200, page, "") if (asked, where) == (method, new) else None

    return handle


def _page(body: str) -> str:
    return f"<!doctype html><meta charset=utf-8><title>Supplies</title>{NAV}<main>{body}</main>"


def _two_pages(method: str, path: str, sent: dict[str, str]) -> Answer | None:
    """The form asks for the customer first, and for the rest on a second page."""
    if (method, path) == ("GET", "/orders/new"):
        return 200, _page('<h1>New order</h1><form method="post" action="/orders/items"><p><label for="customer">Customer'
                          '</label> <input id="customer" name="customer" required></p><button>Continue</button></form>'), ""  # fmt: skip
    if (method, path) == ("POST", "/orders/items"):
        rest = ORDER_REST.replace("{customer}", sent["customer"])
        return 200, _page(rest), ""
    return None


ORDER_REST = (
    '<h1>What shall it be?</h1><form method="post" action="/orders"><input type="hidden" name="customer" '
    'value="{customer}"><p><label for="product">Product</label> <select id="product" name="product"><option>Choose one</option>'
    '<option>Blue mug</option></select></p><p><label for="quantity">Quantity</label> '
    '<input id="quantity" name="quantity" type="number" value="1"></p><p><input type="checkbox" id="gift" name="gift" '
    'value="yes"> <label for="gift">Gift wrap</label></p><button>Place order</button></form>'
)


def _confirmed(method: str, path: str, sent: dict[str, str]) -> Answer | None:
    """An order is shown once more before it is placed."""
    if (method, path) != ("POST", "/orders") or sent.get("sure"):
        return None
    kept = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in sent.items())
    return 200, _page(f'<h1>Is all of this right?</h1><form method="post" action="/orders">{kept}'
                      '<input type="hidden" name="sure" value="yes"><button>Confirm the order</button></form>'), ""  # fmt: skip


def _requires(field: str, value: str = "") -> Handle:
    """An order without this is shown the form again."""

    def handle(method: str, path: str, sent: dict[str, str]) -> Answer | None:
        given = sent.get(field, "")
        if (method, path) != ("POST", "/orders") or (given and given != value):
            return None
        return 422, _page("<h1>New order</h1><p role=alert>Something is missing.</p>"), ""

    return handle


MORE = "<!--more-->"
GIFT = '<p><input type="checkbox" id="gift" name="gift" value="yes"> <label for="gift">Gift wrap</label></p>\n'
QUANTITY = (
    '<p><label for="quantity">Quantity</label> <input id="quantity" name="quantity" type="number" value="1"></p>\n'
)
PRODUCT = (
    '<p><label for="product">Product</label> <select id="product" name="product"><option>Choose one</option>\n'
    "<option>Blue mug</option><option>Green bowl</option></select></p>\n"
)
BUTTON = '<button data-testid="place-order">Place order</button>'
BROKEN = (500, "<h1>Something went wrong</h1>", "")
_ORDER_FORM = "/orders/new"
_SCRIPT = 'const button = document.getElementById("add");'


def _orders(act: Act, times: int = 4) -> tuple[Act, ...]:
    return (act,) * times


CHANGES: tuple[Change, ...] = (
    # --- the same end in another way: to be healed ---
    Change("renamed button", "order", edits(("Place order", "Buy now"), ('data-testid="place-order"', "")), "heal",
           _orders(order(sends="Buy now"))),
    Change("renamed button, same test id", "order", edits(("Place order", "Send it off")), "heal",
           _orders(order(sends="Send it off"))),
    Change("renamed field with another id", "order",
           edits((">Customer<", ">Your name<"), *new_id("customer", "who")), "heal",
           _orders(order(customer="Your name"))),
    Change("renamed number field", "order", edits((">Quantity<", ">How many?<"), *new_id("quantity", "count")), "heal",
           _orders(order(quantity="How many?"))),
    Change("renamed list", "order", edits((">Product<", ">Article<"), *new_id("product", "article")), "heal",
           _orders(order(product="Article"))),
    Change("renamed option", "order", edits(("Blue mug", "Mug, blue")), "heal",
           _orders(order(option="Mug, blue"))),
    Change("renamed box", "order", edits(("Gift wrap", "Wrap it up")), "heal", _orders(order(gift="Wrap it up"))),
    Change("box taken away", "order",
           edits((GIFT, "")), "heal",
           _orders(order(gift=""))),
    Change("renamed link in the menu", "order", edits((">New order</a>", ">Order here</a>")), "heal",
           _orders(order(opens="Order here"))),
    Change("link moved into a menu that opens", "order",
           edits(('<a id="nav-order" href="/orders/new">New order</a>',
                  ('<button onclick="document.getElementById(\'m\').hidden = false">Menu</button>'
                  '<span id="m" hidden><a href="/orders/new">New order</a></span>'))), "heal",
           _orders(order(before=click("button", "Menu")))),
    Change("new box that is required", "order",
           edits((MORE, '<p><input type="checkbox" id="terms" name="terms" value="yes"> <label for="terms">I accept the terms</label></p>'),
                 handle=_requires("terms")), "heal",
           _orders(order(extra=lambda page: page.get_by_label("I accept the terms").check()))),
    Change("new field that is required", "order",
           edits((MORE, '<p><label for="street">Street</label> <input id="street" name="street"></p>'), handle=_requires("street")), "heal",
           _orders(order(extra=lambda page: typed(page, "Street", "Mill Lane 7")))),
    Change("new list that is required", "order",
           edits((MORE, ('<p><label for="delivery">Delivery</label> <select id="delivery" name="delivery"><option value="">Choose</option>'
                        "<option>By post</option><option>By hand</option></select></p>")),
                 handle=_requires("delivery")), "heal",
           _orders(order(extra=lambda page: page.get_by_label("Delivery").select_option("By post") and None))),
    Change("new page before the order is placed", "order", Version(handle=_confirmed), "heal",
           _orders(order(after=click("button", "Confirm the order")))),
    Change("form split in two pages", "order", Version(handle=_two_pages), "heal",
           _orders(order(product="", quantity="", gift="", sends="Continue",
                         after=lambda page: (page.get_by_label("Product").select_option("Blue mug"),
                                             page.get_by_label("Quantity").fill("2"),
                                             page.get_by_label("Gift wrap").check(),
                                             page.get_by_role("button", name="Place order").click(), None)[-1]))),
    Change("button became a link", "order",
           edits((BUTTON, "<a href='#' onclick=\"document.forms[0].submit(); return false\">Order now</a>")), "heal",
           _orders(order(sends="Order now", role="link"))),
    Change("button with another label for its picture", "order",
           edits((BUTTON, '<button aria-label="Submit the order">➜</button>')), "heal",
           _orders(order(sends="Submit the order"))),
    Change("second button of the same name", "order",
           edits(("<h1>New order</h1>", ('<h1>New order</h1><section aria-label="Last time"><button>Place order'
                  "</button></section>")), ('data-testid="place-order"', "")), "heal",
           _orders(order())),
    Change("page at another address", "order",
           edits(("/orders/new", "/checkout"), handle=_moved("GET", _ORDER_FORM, "/checkout", _page(ORDER))), "heal",
           _orders(order())),
    Change("list became buttons", "order",
           edits((PRODUCT, ('<fieldset><legend>Product</legend><label><input type="radio" name="product" value="Blue mug"> '
                  'Blue mug</label><label><input type="radio" name="product" value="Green bowl"> Green bowl</label>'
                  "</fieldset>"))), "heal",
           _orders(order(product="", extra=lambda page: page.get_by_label("Blue mug").check()))),
    Change("renamed button of the script", "task", edits(("Add task", "Keep it")), "heal",
           _orders(task(adds="Keep it"))),
    Change("renamed field of the script", "task",
           edits(("What is to be done?", "Task"), ('id="title"', 'id="title" data-x')), "heal",
           _orders(task(field="Task"))),
    Change("entry behind a button", "task",
           edits(('<div id="entry">', ('<button onclick="document.getElementById(\'entry\').hidden = false">New'
                  '</button><div id="entry" hidden>'))), "heal",
           _orders(task(before=click("button", "New")))),
    Change("new choice before adding", "task",
           edits(('<button id="add">', ('<label for="who">Who?</label> <select id="who" onchange="window.more = this.value">'
                  '<option value="">Choose</option><option>Me</option></select><button id="add">')),
                 handle=lambda method, path, sent: (
                     (422, "{}", "") if (method, path) == ("POST", "/api/tasks") and not sent["more"] else None)),
           "heal", _orders(task(extra=lambda page: page.get_by_label("Who?").select_option("Me") and None))),
    # --- nothing to do ---
    Change("nothing", "order", Version(), "keep", _orders(order())),
    Change("fields in another order", "order",
           edits((QUANTITY, ""), (MORE, QUANTITY)), "keep", _orders(order())),
    Change("other ids and test ids", "order",
           edits(*new_id("customer", "c1"), *new_id("product", "p1"), ('data-testid="place-order"', "")), "keep",
           _orders(order())),
    Change("other words on other pages", "order", edits(("Mill Lane Supplies", "Mill Lane")), "keep",
           _orders(order())),
    Change("field that may be left empty", "order",
           edits((MORE, '<p><label for="remark">Remark</label> <input id="remark" name="remark"></p>')), "keep", _orders(order())),
    # --- the app is broken: nothing is healed ---
    Change("server fails at the order", "order", Version(handle=_on("POST", "/orders", BROKEN)), "app",
           _orders(order(told=""))),
    Change("server fails at the form", "order", Version(handle=_on("GET", _ORDER_FORM, BROKEN)), "app",
           _orders(gives_up("New order"))),
    Change("server gives no answer", "task", Version(handle=_on("POST", "/api/tasks", (0, "", ""))), "app",
           _orders(task(told=""))),
    Change("order is lost without a word", "order",
           Version(handle=_on("POST", "/orders", (303, "", _ORDER_FORM))), "app", _orders(order(told=""))),
    Change("order is refused whatever is typed", "order",
           Version(handle=_on("POST", "/orders", (422, "<h1>New order</h1><p role=alert>Customer is not valid.</p>",
                                                  ""))), "app", _orders(order(told=""))),
    Change("nobody may order", "order", Version(handle=_on("POST", "/orders", (403, "<h1>Forbidden</h1>", ""))), "app",
           _orders(order(told=""))),
    Change("button does nothing", "task", edits(("if (button) button.onclick = add;", "")), "app",
           _orders(task(told=""))),
    Change("script fails", "task", edits((_SCRIPT, f"{_SCRIPT} missing.call();")), "app", _orders(task(told=""))),
    Change("script shows an error", "task", Version(handle=_on("POST", "/api/tasks", (400, "{}", ""))), "app",
           _orders(task(told="did not work"))),
    Change("renamed button on a broken server", "order",
           edits(("Place order", "Buy now"), ('data-testid="place-order"', ""),
                 handle=_on("POST", "/orders", BROKEN)), "app", _orders(order(sends="Buy now", told=""))),
    Change("renamed button, order is lost", "order",
           edits(("Place order", "Buy now"), ('data-testid="place-order"', ""),
                 handle=_on("POST", "/orders", (303, "", _ORDER_FORM))), "app",
           _orders(order(sends="Buy now", told=""))),
    # --- another end: a person looks ---
    Change("wrong product is confirmed", "order",
           Version(handle=_on("POST", "/orders", lambda sent: placed({**sent, "product": "Green bowl"}))), "changed",
           _orders(order())),
    Change("wrong quantity is confirmed", "order",
           Version(handle=_on("POST", "/orders", lambda sent: placed({**sent, "quantity": "0"}))), "changed",
           _orders(order())),
    Change("confirmation in other words", "order", edits(("is on its way", "will come soon")), "changed",
           _orders(order(told="will come soon"))),
    Change("renamed button, wrong product", "order",
           edits(("Place order", "Buy now"), ('data-testid="place-order"', ""),
                 handle=_on("POST", "/orders", lambda sent: placed({**sent, "product": "Green bowl"}))), "changed",
           _orders(order(sends="Buy now"))),
    # --- gone, or not yet clear ---
    Change("feature taken away", "order",
           edits(('<a id="nav-order" href="/orders/new">New order</a>', ""),
                 handle=_on("GET", _ORDER_FORM, (404, "<h1>Not found</h1>", ""))), "outdated",
           (*((reads_help,) * 8), *((task(),) * 5))),
    Change("list of tasks taken away", "task",
           edits(('<a href="/tasks">Tasks</a>', ""), handle=_on("GET", "/tasks", (404, "<h1>Not found</h1>", ""))),
           "outdated", (*((reads_help,) * 8), *((order(),) * 5))),
    Change("renamed button, two visitors so far", "order",
           edits(("Place order", "Buy now"), ('data-testid="place-order"', "")), "wait",
           _orders(order(sends="Buy now"), 2)),
    Change("nobody came yet", "order", edits(("Place order", "Buy now")), "wait", ()),
)  # fmt: skip


def told(change: Change) -> str:
    """A change in one line."""
    return json.dumps({"change": change.name, "flow": change.flow, "right": change.decision})
