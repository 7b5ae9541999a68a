"""The journeys of tiddlywiki."""

from bench.flows.journeys.script import PAGE, Turn, journey, write


def tiddly_saved(page: PAGE) -> None:
    page.wait_for_function("() => !document.body.classList.contains('tc-dirty')", timeout=15000)


def tiddly_wander(page: PAGE, turn: Turn) -> None:
    """A look at another tiddler, closed again or not."""
    if turn.some(0.3):
        page.get_by_role("link", name="Chemicals").first.click()
        page.get_by_role("heading", name="Chemicals").wait_for()
        if turn.some(0.5):
            box = page.locator("[data-tiddler-title='Chemicals']")
            box.get_by_role("button", name="close", exact=True).click()


def tiddly_new(page: PAGE, base: str, turn: Turn, title: str, text: str, tag: str | None) -> None:
    page.goto(base)
    tiddly_wander(page, turn)
    page.get_by_role("button", name="new tiddler").click()
    editor = page.get_by_role("region", name="Editor")
    body = editor.frame_locator("iframe").locator("textarea")
    if turn.some(0.4):
        write(body, text)
        write(editor.locator("input.tc-titlebar"), title)
    else:
        write(editor.locator("input.tc-titlebar"), title)
        write(body, text)
    if tag:
        write(editor.get_by_placeholder("tag name"), tag)
        editor.get_by_role("button", name="add", exact=True).first.click()
    page.get_by_role("button", name="Confirm changes to this tiddler").click()
    page.get_by_role("heading", name=title).wait_for()
    tiddly_saved(page)


@journey("tiddlywiki", "create_centrifuge", "create a tagged tiddler", "create")
def _tiddly_tagged(page: PAGE, base: str, turn: Turn) -> None:
    title = turn.one("Centrifuge", "Microscope", "Fume hood", "Scales")
    tiddly_new(page, base, turn, f"{title} {turn.number}", f"Runs {turn.number} times.", turn.one("lab", "todo"))


@journey("tiddlywiki", "create_note", "create a tiddler", "create")
def _tiddly_note(page: PAGE, base: str, turn: Turn) -> None:
    title = turn.one("Monday note", "Visit", "Order list")
    tiddly_new(page, base, turn, f"{title} {turn.number}", f"Order {turn.number} more gloves.", None)


def tiddly_search(page: PAGE, base: str, turn: Turn, term: str, hit: str) -> None:
    page.goto(base)
    tiddly_wander(page, turn)
    if turn.some(0.3):
        write(page.get_by_role("searchbox"), term[:4] + "zz")
    write(page.get_by_role("searchbox"), term)
    page.locator(".tc-search-results").get_by_role("link", name=hit).first.click()
    page.get_by_role("heading", name=hit).first.wait_for()


@journey("tiddlywiki", "search_goggles", "search and open", "search")
def _tiddly_goggles(page: PAGE, base: str, turn: Turn) -> None:
    tiddly_search(page, base, turn, *turn.one(("goggles", "Safety rules"), ("Pipettes", "Shopping")))


@journey("tiddlywiki", "search_ethanol", "search and open", "search")
def _tiddly_ethanol(page: PAGE, base: str, turn: Turn) -> None:
    tiddly_search(page, base, turn, *turn.one(("ethanol", "Chemicals"), ("acetone", "Chemicals")))


@journey("tiddlywiki", "edit_chemicals", "edit a tiddler", "edit")
def _tiddly_edit(page: PAGE, base: str, turn: Turn) -> None:
    name = turn.one("Chemicals", "Safety rules")
    page.goto(base)
    page.get_by_role("link", name=name).first.click()
    page.locator(f"[data-tiddler-title='{name}']").get_by_role("button", name="Edit this tiddler").click()
    body = page.get_by_role("region", name="Editor").frame_locator("iframe").locator("textarea")
    body.click()
    body.press("ControlOrMeta+End")
    body.press_sequentially(turn.one(" Methanol is poisonous.", " Mind the step.", " Ask first."), delay=4)
    page.get_by_role("button", name="Confirm changes to this tiddler").click()
    tiddly_saved(page)


@journey("tiddlywiki", "delete_safety", "delete a tiddler", "delete")
def _tiddly_delete(page: PAGE, base: str, turn: Turn) -> None:
    name = turn.one("Safety rules", "Chemicals")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(base)
    if turn.some(0.3):
        write(page.get_by_role("searchbox"), "gloves")
        page.get_by_role("searchbox").press("ControlOrMeta+a")
        page.get_by_role("searchbox").press("Delete")
    page.get_by_role("link", name=name).first.click()
    page.locator(f"[data-tiddler-title='{name}']").get_by_role("button", name="Edit this tiddler").click()
    page.get_by_role("button", name="Delete this tiddler").click()
    page.get_by_text(f"Draft of '{name}'").first.wait_for(state="detached")
    tiddly_saved(page)
