"""What the shop knows, in memory: its books, its customers, and each visitor's list, basket and order."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import date

PASSWORD = "quay-lantern-42"  # noqa: S105 (the customers of a made-up shop share it, so that one variable opens all)
"""Every customer's password."""

GENRES = ("Travel", "Crime", "Poetry", "Cookery", "History")
COUNTRIES = ("Ireland", "Iceland", "Portugal", "Norway")

CUSTOMERS = {
    "ada@ferry.example": "Ada Quill",
    "ben@ferry.example": "Ben Okafor",
    "cleo@ferry.example": "Cleo Marsh",
    "dan@ferry.example": "Dan Ibarra",
}


@dataclass(frozen=True)
class Book:
    slug: str
    title: str
    author: str
    genre: str
    published: date
    price_cents: int
    paperback: bool = True

    @property
    def price(self) -> str:
        """As the shop prints it."""
        return f"€{self.price_cents / 100:.2f}"


@dataclass
class Visit:
    """One visitor's cookie's worth of state."""

    email: str | None = None
    wanted: list[str] = field(default_factory=list)
    basket: list[str] = field(default_factory=list)
    address: dict[str, str] = field(default_factory=dict)
    delivery: str = "Standard"
    gift: bool = False
    added: dict[str, Book] = field(default_factory=dict)
    """Books that this visitor has added; the shop looks at them before others see them."""
    note: str = ""
    """A message for the next page only."""

    @property
    def name(self) -> str | None:
        """The customer's name, once signed in."""
        return CUSTOMERS.get(self.email) if self.email else None

    def take_note(self) -> str:
        """The message, which is then gone."""
        note, self.note = self.note, ""
        return note


def slug_of(title: str) -> str:
    """A title as part of an address."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "book"


def _books() -> dict[str, Book]:
    rows = [
        ("The Harbour Clock", "Mira Lund", "Crime", date(2019, 3, 14), 1490),
        ("Harbour Lights", "Tomas Reyes", "Travel", date(2021, 6, 1), 1850),
        ("A Lantern for the Ferry", "Ines Duarte", "Poetry", date(2016, 10, 20), 990),
        ("Salt and Smoke", "Karin Holm", "Cookery", date(2022, 2, 8), 2400),
        ("The Long Quay", "Sean Burke", "History", date(2011, 9, 30), 1975),
        ("Letters to an Island", "Mira Lund", "Poetry", date(2020, 5, 5), 1120),
        ("Night Train North", "Oskar Dahl", "Travel", date(2018, 11, 11), 1640),
        ("Bread Before Dawn", "Lena Fischer", "Cookery", date(2015, 4, 17), 2150),
    ]
    return {slug_of(title): Book(slug_of(title), title, *rest) for title, *rest in rows}  # type: ignore[arg-type]


@dataclass
class Shop:
    """Everything, fresh at each start."""

    books: dict[str, Book] = field(default_factory=_books)
    visits: dict[str, Visit] = field(default_factory=dict)
    orders: dict[str, Visit] = field(default_factory=dict)

    def shown_to(self, visit: Visit) -> dict[str, Book]:
        """The books that a visitor sees, by slug."""
        return self.books | visit.added

    def search(self, words: str, visit: Visit) -> list[Book]:
        """Books whose title, author or genre holds the words, by title."""
        needle = words.strip().lower()
        shown = self.shown_to(visit).values()
        found = [book for book in shown if needle in f"{book.title} {book.author} {book.genre}".lower()]
        return sorted(found, key=lambda book: book.title)

    def signs_in(self, email: str, password: str) -> bool:
        """Whether this is a customer."""
        return email in CUSTOMERS and secrets.compare_digest(password.encode(), PASSWORD.encode())

    def place(self, visit: Visit) -> str:
        """Keeps an order and empties the basket. Returns the order's reference, new each time."""
        reference = secrets.token_hex(8)
        self.orders[reference] = Visit(basket=visit.basket, address=visit.address, delivery=visit.delivery)
        visit.basket = []
        return reference
