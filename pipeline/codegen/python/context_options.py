"""What a test's browser has that is not usual, as options of its context in code."""

from pipeline.codegen.python.quoting import quoted
from pipeline.semantics.browsers import Browser


def context_options(browser: Browser) -> dict[str, str]:
    """The options by name, each value as code; none for the usual browser."""
    options = {} if browser.language is None else {"locale": quoted(browser.language)}
    if browser.screen is not None:
        width_px, height_px = browser.screen.width_px, browser.screen.height_px
        options["viewport"] = f'{{"width": {width_px}, "height": {height_px}}}'
    return options


def in_browser(browser: Browser) -> list[str]:
    """The decorator that gives a test its browser's options, as lines; none for the usual one."""
    options = [f"{name}={value}" for name, value in context_options(browser).items()]
    return [f"@pytest.mark.browser_context_args({', '.join(options)})"] if options else []
