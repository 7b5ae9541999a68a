"""One journey is one story, wherever it leads: through tabs, through the site of a bank, through several goals."""

from pipeline.codegen import write_test
from pipeline.generate import stories_of
from pipeline.windowing.partition import Windowing
from schemas.events import Page
from schemas.stories import Story
from tests.stories.by_hand import HOME, Journey, alert, button, heading, link, textbox

BANK = "https://pay.bank.example/"


def only(journey: Journey) -> Story:
    """The one story of a journey's events."""
    (story,) = stories_of(journey.events, Windowing(gap_ms=1_800_000))
    return story


def test_a_goal_that_spans_tabs_stays_one() -> None:
    """What was begun in one tab, looked up in another, and sent off in the first is one story, told in that order, and
    its test uses both tabs."""
    journey = Journey().opens(f"{HOME}orders/new").fill(textbox("Title"), "Spring sale")
    journey.click(link("Price list")).popup(f"{HOME}prices", "t2").shows_new(heading("Prices"))
    journey.click(button("Show all"))
    journey.tab, journey.page = "t1", Page(url=f"{HOME}orders/new")
    journey.fill(textbox("Price"), "25").click(button("Create order")).leads_to(f"{HOME}orders/7")
    journey.shows_new(alert("Order 'Spring sale' created."))
    story = only(journey)
    assert {step.tab_id for step in story.steps} == {"t1", "t2"}
    assert story.title == "Create the order 'Spring sale'"
    code = write_test(story).code
    assert "expect_popup()" in code
    assert code.index("Price list") < code.index('"25"') < code.index("Create order")


def test_a_redirect_to_a_bank_and_back_stays_one() -> None:
    """Paying elsewhere is a part of the order: the steps at the bank stand between those in the shop."""
    journey = Journey().opens(f"{HOME}checkout").fill(textbox("Full name"), "Ann Lee").click(button("Pay"))
    journey.leads_to(f"{BANK}pay").shows_new(heading("Your bank"))
    journey.fill(textbox("Reference"), "A 1").click(button("Confirm payment"))
    journey.leads_to(f"{HOME}thanks").shows_new(heading("Thank you for your order"))
    story = only(journey)
    assert [step.page.url.split("/")[2] for step in story.steps[1:]] == ["shop.example"] * 2 + ["pay.bank.example"] * 2
    assert story.final_state.url == f"{HOME}thanks"
    assert "Thank you for your order" in write_test(story).code


def test_a_return_to_the_start_page_within_one_goal_stays_one() -> None:
    """Who looks something up on the way has not begun anew."""
    journey = Journey().opens(HOME).click(link("New order")).leads_to(f"{HOME}orders/new")
    journey.opens(HOME).click(link("New order")).leads_to(f"{HOME}orders/new")
    journey.fill(textbox("Title"), "Spring sale").click(button("Create order")).leads_to(f"{HOME}orders/7")
    journey.shows_new(alert("Order 'Spring sale' created."))
    assert only(journey).title == "Create the order 'Spring sale'"
