"""An app that is served in this process, and the stories of visits to it, recorded in a real browser."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any

from aiohttp import web
from playwright.sync_api import Browser, Page

from agents.local.processes import free_port
from pipeline.generate import stories_of
from pipeline.intake import read_body
from pipeline.windowing.partition import Windowing
from schemas.stories import Story
from tests.capture.site import END, Site, collector_handler


@dataclass
class Server:
    """An app on a port of its own, in this process, so that what it keeps can be looked at."""

    app: web.Application
    url: str


@contextmanager
def served(app: web.Application) -> Iterator[Server]:
    """Serves it on loopback, from a thread."""
    loop, port = asyncio.new_event_loop(), free_port()
    thread = threading.Thread(target=loop.run_forever, daemon=True)  # this thread has Playwright's event loop
    thread.start()

    async def start() -> web.AppRunner:
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return runner

    runner = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield Server(app, f"http://127.0.0.1:{port}")
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def recorded(
    chromium: Browser, recorder: str, app: web.Application, visits: Sequence[Callable[[Page], None]], **options: Any
) -> list[Story]:
    """The stories of these visits to the app, each in a context of its own with these options."""
    site = Site()
    collector = ThreadingHTTPServer(("127.0.0.1", 0), collector_handler(site))
    site.collector_port = collector.server_address[1]
    threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    told = f'{{"endpoint": "{site.endpoint}", "app": "shop"}}'
    try:
        with served(app) as server:
            for visit in visits:
                with chromium.new_context(base_url=server.url, **options) as context:
                    script = f"if (window.top === window) window.JOURNEYWRIGHT = {told};\n{recorder}\n"
                    context.add_init_script(script=script)
                    page = context.new_page()
                    visit(page)
                    page.evaluate(END)
    finally:
        collector.shutdown()
        collector.server_close()
    sent = zip(site.bodies, site.languages, strict=True)
    events = [event for body, accepted in sent for event in read_body(body.encode(), languages=accepted).events]
    return stories_of(events, Windowing(gap_ms=1_800_000))
