"""Names of things on cards are data: no part of a page, however many sessions saw them."""

import random

from bench.flows.synthetic import Visitor, element
from pipeline.flows.consensus import consensus
from schemas.events import Appeared, Click, Effect, End, Page
from schemas.stories import Story
from tests.flows.test_consensus import said_in
from tests.flows.test_flow_assignment import told


def _opens_cards(number: int, *names: str) -> Story:
    """Opens a page of cards, each with a heading."""
    visitor = Visitor("shop", number, random.Random(number))
    visitor.open("/profile")
    cause = visitor.add(Click, target=element("a", "link", "Boards"))
    cards = (element("h3", "heading", name).model_copy(update={"level": 3}) for name in names)
    changes = (
        Appeared(element=element("p", "paragraph", "Boards of the club")),
        *(Appeared(element=one) for one in cards),
    )
    visitor.add(Effect, cause=cause, after=Page(url=visitor.url), changes=changes)
    visitor.add(End)
    return told(visitor)


def test_names_of_cards_that_all_sessions_saw_are_data_all_the_same() -> None:
    """Whatever few of them are left over: others can take them away. What the page says of itself stays."""
    shared = ("Choir", "Garden", "Harvest", "Orchard")
    found = consensus([_opens_cards(number, *shared, f"Kite {number}", f"Lamp {number}") for number in range(3)])
    assert said_in(found.story) == {"Boards of the club"}
