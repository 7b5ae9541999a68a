"""The texts of the fixtures of an exported project."""

from dataclasses import dataclass
from typing import Final

from pipeline.codegen.python.program import DRAG, FILL_CREDENTIAL, SETTLED, UNIQUE

ALLOWED_ORIGINS: Final = "APP_ALLOWED_ORIGINS"
"""The variable that names further origins to a run of an exported project, with blanks between them."""
STORAGE_STATE: Final = "APP_STORAGE_STATE"
"""The variable that names the file with which the tests of sessions that began signed in start."""

CONFTEST: Final = """@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], browser_type: BrowserType) -> dict[str, Any]:
    \"\"\"Adds the path of Chromium: $CHROMIUM, or the first one found, unless Playwright's own is there.\"\"\"
    named = os.environ.get("CHROMIUM")
    if browser_type.name != "chromium" or (not named and Path(browser_type.executable_path).exists()):
        return browser_type_launch_args
    known = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
    found = named or next(filter(None, map(shutil.which, known)), None)
    if not found:
        return browser_type_launch_args
    args = [*browser_type_launch_args.get("args", []), *([] if os.name == "nt" or os.geteuid() else ["--no-sandbox"])]
    return {**browser_type_launch_args, "executable_path": found, "args": args}
"""

FILLS_CONSTANTS: Final = r'''PORTS = {"http": 80, "https": 443}
TRIES = 100
FORM_TARGETS = """(field) => {
  const form = field.form;
  if (!form) return [];
  const buttons = [...form.getRootNode().querySelectorAll("[formaction]")].filter((button) => button.form === form);
  const targets = [form.getAttribute("action"), ...buttons.map((button) => button.getAttribute("formaction"))];
  return targets.filter(Boolean).map((target) => new URL(target, document.baseURI).href)
    .filter((target) => !target.startsWith("javascript:"));
}"""
KEEP_INSIDE = """(field) => {
  for (const kind of ["copy", "cut", "dragstart"]) field.addEventListener(kind, (event) => event.preventDefault());
}"""

'''

FILLS: Final = r'''def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("allowed_origins", "Origins on which APP_* values may be typed, beside that of the base URL.", "args")


def origin_of(address: str) -> str:
    """Scheme, host and port of a web address; empty for any other, and for names that browsers read differently."""
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        return ""
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    if not parts.hostname.isascii() and host.encode().decode("idna") != parts.hostname:
        return ""
    return f"{parts.scheme}://{host}:{parts.port or PORTS[parts.scheme]}"


@pytest.fixture(scope="session")
def fill_credential(base_url: str, pytestconfig: pytest.Config) -> Callable[[Locator, str], None]:
    """Types a value of the environment into a field, on pages of the base URL's origin and of allowed ones only."""
    named = [*pytestconfig.getini("allowed_origins"), *os.environ.get("APP_ALLOWED_ORIGINS", "").split()]
    allowed = set(filter(None, map(origin_of, [base_url or "", *named])))

    def require(origin: str, what: str) -> None:
        if origin not in allowed:
            home = ", ".join(sorted(allowed)) or "the origin of --base-url"
            pytest.fail(
                f"Nothing was typed: {what} {origin or 'no website'}, and APP_* values are only for {home}. If that is "
                "the app's too, name it in APP_ALLOWED_ORIGINS, or as one of allowed_origins in pyproject.toml."
            )

    def fill(locator: Locator, value: str) -> None:
        for tries_left in reversed(range(TRIES)):
            # The handle is of one document: what the page goes to meanwhile gets nothing.
            field = locator.element_handle()
            frame = field.owner_frame()
            require(origin_of(frame.url) if frame else "", "the field is on a page of")
            try:
                for target in field.evaluate(FORM_TARGETS):
                    require(origin_of(target), "its form sends to")
                field.evaluate(KEEP_INSIDE)
                return field.fill(value)
            except Error as error:  # the page went, or drew the field anew
                if not tries_left or "Timeout" in error.message:
                    raise

    return fill
'''

MAKES_UNIQUE: Final = """@pytest.fixture
def unique() -> Callable[[str], str]:
    \"\"\"Makes a name that no run has given before: `Spring sale` becomes `Spring sale 4f1c0a`, `ida@example.com`
    becomes `ida4f1c0a@example.com`.\"\"\"
    mark = uuid4().hex[:6]

    def made(name: str) -> str:
        if "@" in name:
            user, _, host = name.partition("@")
            return f"{user}{mark}@{host}"
        between = next((sign for sign in " -_." if sign in name), "")
        return f"{name}{between}{mark}"

    return made
"""

DRAGS: Final = """@pytest.fixture
def drag() -> Callable[..., None]:
    \"\"\"Drags one element onto another as a hand does: pages make room while one drags, and look only so often. `path`
    are the places that the pointer passed, from where it began.\"\"\"
    moves, pace_ms, rest_ms = 24, 16, 100

    def place(locator: Locator, position: dict[str, float] | None) -> tuple[float, float]:
        box = locator.bounding_box()
        assert box, "the element to drag, or to drop on, is not visible"
        if position is None:
            return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        left, top = locator.evaluate("(one) => [one.clientLeft, one.clientTop]")
        return box["x"] + left + position["x"], box["y"] + top + position["y"]

    def drag(
        source: Locator,
        target: Locator,
        source_position: dict[str, float] | None = None,
        target_position: dict[str, float] | None = None,
        path: str = "",
    ) -> None:
        page = source.page
        source.hover(position=source_position)
        x, y = place(source, source_position)
        page.mouse.down()
        page.wait_for_timeout(rest_ms)
        target.scroll_into_view_if_needed()
        to_x, to_y = place(target, target_position)
        passed = [tuple(map(float, one.split(","))) for one in path.split()][:-1]
        for dx, dy in passed or [((to_x - x) * n / moves, (to_y - y) * n / moves) for n in range(1, moves)]:
            page.mouse.move(x + dx, y + dy)
            page.wait_for_timeout(pace_ms)
        page.mouse.move(to_x, to_y)
        page.wait_for_timeout(rest_ms)
        page.mouse.up()
        page.wait_for_timeout(rest_ms)

    return drag
"""

SETTLES: Final = '''AT_REST = """(editor, [restMs, mostMs, focused]) => new Promise((done) => {
  const page = editor.ownerDocument;
  const began = performance.now();
  let last = began;
  const touched = () => (last = performance.now());
  const hasFocus = () => {
    if (!focused) return true;
    for (let at = editor; at; ) {
      const root = at.getRootNode();
      const { activeElement: active } = root;
      if (!active || !at.contains(active)) return false;
      at = root.host ?? root.defaultView?.frameElement;
    }
    return true;
  };
  const watch = new MutationObserver(touched);
  watch.observe(editor, { subtree: true, childList: true, characterData: true });
  page.addEventListener("selectionchange", touched);
  editor.addEventListener("focus", touched, true);
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - began < mostMs && (now - last < restMs || !hasFocus())) return;
    clearInterval(timer);
    watch.disconnect();
    page.removeEventListener("selectionchange", touched);
    editor.removeEventListener("focus", touched, true);
    done(hasFocus());
  }, 20);
})"""


@pytest.fixture
def settled() -> Callable[..., None]:
    """Waits until an editor has the focus and its page has left it alone for as long as a hand takes from the mouse to
    the keys: many an editor puts its caret back a moment after a button, and loses the letters that come before.
    Before a click it needs no focus."""
    rest_ms, most_ms = 1_200, 10_000

    def wait(editor: Locator, focused: bool = True) -> None:
        rested = editor.evaluate(AT_REST, [rest_ms, most_ms, focused])
        assert rested, "the editor did not get the focus, so keys would be lost"

    return wait
'''

TELLS_RECORDER: Final = """@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    \"\"\"Tells journeywright's recorder, if the app has it, which test runs: its visits are not those of a user.\"\"\"
    make, build = browser.new_context, os.environ.get("APP_BUILD", "")
    run = os.environ.get("APP_RUN") or uuid4().hex[:8]

    def new_context(**options: Any) -> BrowserContext:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" (")[0]
        context = make(**options)
        context.add_init_script(f"window.JOURNEYWRIGHT_TEST = {json.dumps(f'{test} build={build} run={run}')}")
        return context

    browser.new_context = new_context
    return browser
"""


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixture that tests call: what it does, its text, what stands before all fixtures for it, and what it imports
    from Playwright."""

    does: str
    text: str
    constants: str = ""
    imports: tuple[str, ...] = ()


CALLED: Final = {
    FILL_CREDENTIAL: Fixture("types credentials", FILLS, FILLS_CONSTANTS, ("Error", "Locator")),
    UNIQUE: Fixture("makes names unique", MAKES_UNIQUE),
    DRAG: Fixture("drags as a hand does", DRAGS, imports=("Locator",)),
    SETTLED: Fixture("waits for editors", SETTLES, imports=("Locator",)),
}
"""By their names, in the order in which they stand in the file."""

SIGNED_IN_NAMES: Final = ("Page", "expect")
SIGNED_IN: Final = """@pytest.fixture(scope="session")
def sign_in_state(
    browser: Browser, browser_context_args: dict[str, Any], fill_credential: Callable[[Locator, str], None]
) -> tuple[str, Any]:
    \"\"\"Signs in once: where that leads, and the storage by which the app knows the user; None if it does not.\"\"\"
    with browser.new_context(**browser_context_args) as context:
        page = context.new_page()
        sign_in(page, fill_credential)
        address, state = page.url, context.storage_state()
        dialogs = page.get_by_role("dialog").filter(visible=True).count()
    with browser.new_context(**{**browser_context_args, "storage_state": state}) as context:
        page = context.new_page()
        page.goto(address)
        try:
            see_signed_in(page)
            # A dialog that the sign-in itself did not show would be in the way of every test that shares it.
            assert page.get_by_role("dialog").filter(visible=True).count() <= dialogs
        except AssertionError:
            state = None
    return address, state


@pytest.fixture
def signed_in_page(
    new_context: Callable[..., BrowserContext],
    sign_in_state: tuple[str, Any],
    fill_credential: Callable[[Locator, str], None],
) -> Page:
    \"\"\"A page of a context of its own, on which the user has just signed in.\"\"\"
    address, state = sign_in_state
    if state is None:
        page = new_context().new_page()
        sign_in(page, fill_credential)
    else:
        page = new_context(storage_state=state).new_page()
        page.goto(address)
    return page
"""

QUARANTINE: Final = """def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    \"\"\"Skips the tests of the files that quarantine.txt names: a file in each line, then a space and the reason.
    Where a line has `id=` and the id of a test, tests.json says which file that is.\"\"\"
    path, index = (Path(__file__).with_name(name) for name in ("quarantine.txt", "tests.json"))
    files = json.loads(index.read_text("utf-8")) if index.exists() else {}
    named = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        name, _, why = line.partition(" ")
        if why.startswith("id="):
            known, _, why = why.removeprefix("id=").partition(" ")
            name = files.get(known, "")
        named[name] = why
    for item in items:
        if item.path.name in named:
            item.add_marker(pytest.mark.skip(reason=f"quarantined: {named[item.path.name]}"))
"""

CONTEXT: Final = """@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    \"\"\"{does}\"\"\"
    return {{**browser_context_args, {options}}}
"""
