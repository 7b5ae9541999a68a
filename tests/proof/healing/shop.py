"""The sample app: one takes an order in a form, another keeps tasks by a script. A version is what differs."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

HOME = """<h1>Mill Lane Supplies</h1><p>Everything for a small kitchen.</p>"""
NAV = """<nav aria-label="Main"><a href="/">Home</a> <a id="nav-order" href="/orders/new">New order</a>
<a href="/tasks">Tasks</a> <a href="/help">Help</a></nav>"""
HELP = """<h1>Help</h1><details><summary>How long does it take?</summary><p>Two days.</p></details>
<details><summary>Who pays for parcels?</summary><p>We do.</p></details>"""
ORDER = """<h1>New order</h1><form method="post" action="/orders" name="order">
<p><label for="customer">Customer</label> <input id="customer" name="customer" required></p>
<p><label for="product">Product</label> <select id="product" name="product"><option>Choose one</option>
<option>Blue mug</option><option>Green bowl</option></select></p>
<p><label for="quantity">Quantity</label> <input id="quantity" name="quantity" type="number" value="1"></p>
<p><input type="checkbox" id="gift" name="gift" value="yes"> <label for="gift">Gift wrap</label></p>
<!--more--><p><button data-testid="place-order">Place order</button></p></form>"""
PLACED = """<h1>Thank you, {customer}</h1><p role="status">{quantity} × {product} is on its way.</p>
<p><a href="/orders/new">Order again</a></p>"""
TASKS = """<h1>Tasks</h1><div id="entry"><label for="title">What is to be done?</label> <input id="title">
<button id="add">Add task</button></div><p role="status" id="said"></p><ul aria-label="Open tasks" id="list"></ul>
<script>
const said = document.getElementById("said"), list = document.getElementById("list");
let tasks = [];
const draw = () => {
  list.innerHTML = "";
  for (const task of tasks) {
    const item = document.createElement("li");
    item.append(task.title + " ");
    const done = document.createElement("button");
    done.textContent = "Done";
    done.setAttribute("aria-label", "Finish " + task.title);
    done.onclick = async () => {
      const answer = await fetch("/api/tasks/" + task.id, {method: "DELETE"});
      if (!answer.ok) { said.textContent = "That did not work."; return; }
      tasks = tasks.filter((one) => one !== task);
      said.textContent = "Finished: " + task.title;
      draw();
    };
    item.append(done);
    list.append(item);
  }
};
const add = async () => {
  const title = document.getElementById("title").value;
  const answer = await fetch("/api/tasks", {method: "POST", body: JSON.stringify({title, more: window.more || ""})});
  if (!answer.ok) { said.textContent = "That did not work."; return; }
  tasks.push(await answer.json());
  document.getElementById("title").value = "";
  said.textContent = "Added: " + title;
  draw();
};
const button = document.getElementById("add");
if (button) button.onclick = add;
</script>"""

Answer = tuple[int, str, str]
"""Status, text, and where a redirect goes ("" for none)."""
Handle = Callable[[str, str, dict[str, str]], Answer | None]
"""What a version does otherwise for a method, a path and what was sent; None: as the first version does."""


@dataclass(frozen=True)
class Version:
    """`edits` are replaced in the pages, each (before, after); `handle` answers some requests otherwise."""

    edits: tuple[tuple[str, str], ...] = ()
    handle: Handle | None = None


@dataclass
class App:
    """A running copy of one version."""

    version: Version
    port: int = 0
    sent: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, method: str, target: str, sent: dict[str, str]) -> Answer:
        """As the version answers."""
        path = urlsplit(target).path
        told = self.version.handle(method, path, sent) if self.version.handle else None
        return told or self._usual(method, path, sent)

    def _usual(self, method: str, path: str, sent: dict[str, str]) -> Answer:
        match method, path:
            case "GET", "/":
                return 200, self.page(HOME), ""
            case "GET", "/help":
                return 200, self.page(HELP), ""
            case "GET", "/orders/new":
                return 200, self.page(ORDER), ""
            case "GET", "/tasks":
                return 200, self.page(TASKS), ""
            case "POST", "/orders":
                return placed(sent)
            case "GET", "/orders/placed":
                return 200, self.page(PLACED.format(**{"customer": "", "quantity": "", "product": "", **sent})), ""
            case "POST", "/api/tasks":
                return 200, json.dumps({"id": len(sent["title"]) + 100, "title": sent["title"]}), ""
            case "DELETE", _ if path.startswith("/api/tasks/"):
                return 200, "{}", ""
        return 404, "<h1>Not found</h1>", ""

    def page(self, body: str) -> str:
        text = f"<!doctype html><meta charset=utf-8><title>Supplies</title>{NAV}<main>{body}</main>"
        for before, after in self.version.edits:
            text = text.replace(before, after)
        return text


def placed(sent: dict[str, str]) -> Answer:
    """The order was taken."""
    from urllib.parse import urlencode

    return 303, "", f"/orders/placed?{urlencode(sent)}"


@contextmanager
def served(version: Version) -> Iterator[App]:
    """A copy of this version on a port of its own."""
    app = App(version)

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            sent = json.loads(raw) if raw.startswith("{") else dict(parse_qsl(raw, keep_blank_values=True))
            status, text, location = app.answer(self.command, self.path, {**asked, **sent})
            if status == 0:
                self.close_connection = True
                return  # the connection ends without an answer
            body = text.encode()
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _do  # noqa: N815 (as http.server names them)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    app.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield app
    finally:
        server.shutdown()
        server.server_close()
