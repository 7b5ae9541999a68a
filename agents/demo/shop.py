"""The shop as a web server: server-rendered pages, one list fed by a JSON API, a modal, and a checkout of four pages.

`python -m agents.demo.shop --port 8000` serves a fresh one on loopback; `--recorder URL` puts our recorder into its
pages as any app would, by a script tag.
"""

import argparse
import secrets
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from agents.demo.stock import COUNTRIES, GENRES, Book, Shop, Visit, slug_of

HERE = Path(__file__).parent
COOKIE = "visit"
SHOP = web.AppKey("SHOP", Shop)
PAGES = web.AppKey("PAGES", Environment)
RECORDER = web.AppKey("RECORDER", str)
CHANGED = web.AppKey("CHANGED", bool)
VISIT = web.RequestKey("VISIT", Visit)

routes = web.RouteTableDef()


def _page(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    visit = request[VISIT]
    text = (
        request.app[PAGES]
        .get_template(template)
        .render(
            visit=visit,
            note=visit.take_note(),
            recorder=request.app[RECORDER],
            changed=request.app[CHANGED],
            **values,
        )
    )
    return web.Response(text=text, content_type="text/html", status=status)


def _shown(request: web.Request) -> dict[str, Book]:
    return request.app[SHOP].shown_to(request[VISIT])


def _book(request: web.Request) -> Book:
    book = _shown(request).get(request.match_info["slug"])
    if book is None:
        raise web.HTTPNotFound(text="There is no such book.")
    return book


@web.middleware
async def _with_visit(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Finds the visitor's state by the cookie, or begins a new one."""
    visits = request.app[SHOP].visits
    key = request.cookies.get(COOKIE, "")
    fresh = key not in visits
    if fresh:
        key = secrets.token_urlsafe(16)
        visits[key] = Visit()
    request[VISIT] = visits[key]
    try:
        response = await handler(request)
    except web.HTTPException as raised:
        response = raised
    if fresh:
        response.set_cookie(COOKIE, key, httponly=True, samesite="Lax")
    if isinstance(response, web.HTTPException):
        raise response
    return response


@routes.get("/")
async def home(request: web.Request) -> web.Response:
    return _page(request, "home.html")


@routes.get("/sign-in")
async def sign_in_form(request: web.Request) -> web.Response:
    return _page(request, "sign_in.html", wrong=False, email="")


@routes.post("/sign-in")
async def sign_in(request: web.Request) -> web.Response:
    form = await request.post()
    email, password = str(form.get("email", "")), str(form.get("password", ""))
    if not request.app[SHOP].signs_in(email, password):
        return _page(request, "sign_in.html", status=401, wrong=True, email=email)
    request[VISIT].email = email
    raise web.HTTPSeeOther("/account")


@routes.post("/sign-out")
async def sign_out(request: web.Request) -> web.Response:
    request[VISIT].email = None
    raise web.HTTPSeeOther("/")


@routes.get("/account")
async def account(request: web.Request) -> web.Response:
    _signed_in(request)
    return _page(request, "account.html")


def _signed_in(request: web.Request) -> None:
    if request[VISIT].email is None:
        raise web.HTTPSeeOther("/sign-in")


@routes.get("/catalogue")
async def catalogue(request: web.Request) -> web.Response:
    return _page(request, "catalogue.html")


@routes.get("/api/books")
async def books(request: web.Request) -> web.Response:
    found = request.app[SHOP].search(request.query.get("q", ""), request[VISIT])
    return web.json_response([{"slug": b.slug, "title": b.title, "author": b.author, "price": b.price} for b in found])


@routes.get("/books/new")
async def new_book_form(request: web.Request) -> web.Response:
    _signed_in(request)
    return _page(request, "new_book.html", genres=GENRES, problem="")


@routes.post("/books/new")
async def new_book(request: web.Request) -> web.Response:
    _signed_in(request)
    form = await request.post()
    title, author = str(form.get("title", "")).strip(), str(form.get("author", "")).strip()
    try:
        published = date.fromisoformat(str(form.get("published", "")))
    except ValueError:
        return _page(request, "new_book.html", status=422, genres=GENRES, problem="Say when it was published.")
    if not title or not author or slug_of(title) in _shown(request):
        return _page(request, "new_book.html", status=422, genres=GENRES, problem="Give a new title and an author.")
    if request.app[CHANGED]:
        return _page(request, "new_book.html", status=500, genres=GENRES, problem="The book can't be saved now.")
    book = Book(slug_of(title), title, author, str(form.get("genre", GENRES[0])), published, 1500, "paperback" in form)
    request[VISIT].added[book.slug] = book
    request[VISIT].note = f"“{title}” was added to the catalogue."
    raise web.HTTPSeeOther(f"/books/{book.slug}")


@routes.get("/books/{slug}")
async def book_page(request: web.Request) -> web.Response:
    return _page(request, "book.html", book=_book(request))


@routes.post("/books/{slug}/want")
async def want(request: web.Request) -> web.Response:
    visit, book = request[VISIT], _book(request)
    if book.slug not in visit.wanted:
        visit.wanted.append(book.slug)
    raise web.HTTPSeeOther("/list")


@routes.get("/list")
async def wanted(request: web.Request) -> web.Response:
    chosen = [_shown(request)[slug] for slug in request[VISIT].wanted]
    return _page(request, "list.html", books=chosen)


@routes.delete("/api/list/{slug}")
async def unwant(request: web.Request) -> web.Response:
    book = _book(request)
    kept = request[VISIT].wanted
    kept[:] = [slug for slug in kept if slug != book.slug]
    return web.json_response({"left": len(kept)})


@routes.post("/books/{slug}/buy")
async def buy(request: web.Request) -> web.Response:
    request[VISIT].basket.append(_book(request).slug)
    raise web.HTTPSeeOther("/basket")


@routes.get("/basket")
async def basket(request: web.Request) -> web.Response:
    return _page(request, "basket.html", **_bill(request))


def _bill(request: web.Request) -> dict[str, Any]:
    chosen = [_shown(request)[slug] for slug in request[VISIT].basket]
    return {"books": chosen, "total": f"€{sum(book.price_cents for book in chosen) / 100:.2f}"}


@routes.get("/checkout/address")
async def address_form(request: web.Request) -> web.Response:
    return _page(request, "address.html", countries=COUNTRIES)


@routes.post("/checkout/address")
async def address(request: web.Request) -> web.Response:
    form = await request.post()
    request[VISIT].address = {name: str(form.get(name, "")) for name in ("name", "street", "town", "country")}
    raise web.HTTPSeeOther("/checkout/delivery")


@routes.get("/checkout/delivery")
async def delivery_form(request: web.Request) -> web.Response:
    return _page(request, "delivery.html")


@routes.post("/checkout/delivery")
async def delivery(request: web.Request) -> web.Response:
    form = await request.post()
    request[VISIT].delivery = str(form.get("delivery", "Standard"))
    request[VISIT].gift = "gift" in form
    raise web.HTTPSeeOther("/checkout/review")


@routes.get("/checkout/review")
async def review(request: web.Request) -> web.Response:
    return _page(request, "review.html", **_bill(request))


@routes.post("/checkout/review")
async def place(request: web.Request) -> web.Response:
    if not request[VISIT].basket:
        raise web.HTTPSeeOther("/basket")
    raise web.HTTPSeeOther(f"/orders/{request.app[SHOP].place(request[VISIT])}")


@routes.get("/orders/{reference}")
async def order(request: web.Request) -> web.Response:
    reference = request.match_info["reference"]
    placed = request.app[SHOP].orders.get(reference)
    if placed is None:
        raise web.HTTPNotFound(text="There is no such order.")
    return _page(request, "order.html", reference=reference, order=placed)


@routes.get("/healthz")
async def healthz(_: web.Request) -> web.Response:
    return web.Response(text="ok")


def make_shop(recorder: str = "", changed: bool = False) -> web.Application:
    """A fresh shop. `recorder` is the URL of capture.js, or empty for none; `changed` is its next version, in which a
    button has another name, and no book can be saved."""
    app = web.Application(middlewares=[_with_visit])
    app[SHOP] = Shop()
    app[RECORDER] = recorder
    app[CHANGED] = changed
    app[PAGES] = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape())
    app.add_routes(routes)
    app.router.add_static("/static", HERE / "static")
    return app


def main() -> None:
    """Serves a fresh shop until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--recorder", default="")
    parser.add_argument("--changed", action="store_true")
    arguments = parser.parse_args()
    web.run_app(
        make_shop(arguments.recorder, arguments.changed),
        host="127.0.0.1",
        port=arguments.port,
        print=None,
        access_log=None,
    )


if __name__ == "__main__":
    main()
