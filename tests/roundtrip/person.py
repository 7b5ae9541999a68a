"""Somebody who uses a page by mouse and keyboard, led by a seed; what they do is plain data, to be done again."""

import random
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Page

Move = tuple[Any, ...]
"""`("click", x, y)`, `("type", text)`, `("press", key)` or `("drag", x, y, to_x, to_y)`."""

REST_MS: Final = 250
WORDS: Final = ("Ada Byron", "blue", "call on Monday", "Zoë & x < y")
KEYS: Final = {
    "editor": (("Shift+Home", "Control+b"), ("Enter", "type:second line"), ("Control+b", "type: bold"), ()),
    "text": ((), (), ("Home", "type:Q"), ("Backspace",), ("Tab",)),
    "widget": (("ArrowDown",), ("ArrowDown", "Enter"), ("End", "Enter"), ()),
    "slider": (("ArrowRight", "ArrowRight"), ("End",), ("PageDown",)),
    "select": (("ArrowDown", "Enter"), ("ArrowDown", "ArrowDown", "Tab")),
}
SEES: Final = """() => {
  const kindOf = (one) => {
    const [tag, type, role] = [one.tagName, one.type, one.getAttribute("role")];
    if (one.closest(":disabled, [aria-disabled=true]")) return null;
    if (one.isContentEditable) return one.parentElement.isContentEditable ? null : "editor";
    if (tag === "SELECT") return "select";
    if (type === "range" || role === "slider") return "slider";
    if (one.draggable || getComputedStyle(one).cursor === "grab") return "card";
    if (tag === "TEXTAREA" || (tag === "INPUT" && /^(text|search|number|email|)$/.test(type))) return "text";
    if (/^(listbox|menu|combobox|tree|grid)$/.test(role)) return "widget";
    if (tag === "BUTTON" || tag === "SUMMARY" || /^(checkbox|radio)$/.test(type) || role) return "button";
    return null;
  };
  const all = "input,select,textarea,button,summary,[contenteditable=true],[role],[draggable=true],li";
  return [...document.querySelectorAll(all)].map((one) => {
    const box = one.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 20)];
    const hit = document.elementFromPoint(x, y);
    const kind = one.checkVisibility() && hit && (one.contains(hit) || hit.contains(one)) ? kindOf(one) : null;
    const name = (one.ariaLabel || one.innerText || one.name || "").slice(0, 30);
    return { kind, x: Math.round(x), y: Math.round(y), name };
  }).filter((one) => one.kind);
}"""
TAKES_KEYS: Final = frozenset(KEYS)


@dataclass
class Person:
    """Uses one page; `done` is what they did so far."""

    page: Page
    seed: str
    done: list[Move] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def use(self, times: int) -> list[Move]:
        """Does something so many times, then saves."""
        for _ in range(times):
            seen = [one for one in self.page.evaluate(SEES) if one["name"] != "Save"]
            if seen:
                self._use(self._dice.choice(seen), seen)
        save = next(one for one in self.page.evaluate(SEES) if one["name"] == "Save")
        self._do(("click", save["x"], save["y"]))
        return self.done

    def _use(self, one: dict[str, Any], seen: list[dict[str, Any]]) -> None:
        place = (one["x"], one["y"])
        if one["kind"] == "card":
            onto = self._dice.choice([other for other in seen if other["kind"] == "card"])
            self._do(("drag", *place, onto["x"], onto["y"] + self._dice.choice((-6, 6))))
            return
        self._do(("click", *place))
        if one["kind"] in ("text", "editor"):
            self._do(("type", "7" if one["name"] == "pieces" else self._dice.choice(WORDS)))
        for key in self._dice.choice(KEYS.get(one["kind"], ((),))):
            self._do(("type", key[5:]) if key.startswith("type:") else ("press", key))

    def _do(self, move: Move) -> None:
        self.done.append(move)
        do(self.page, move)


def do(page: Page, move: Move) -> None:
    """Does one thing, and lets the page come to rest."""
    match move:
        case ("click", x, y):
            page.mouse.move(x, y, steps=3)
            page.mouse.down()
            page.mouse.up()
        case ("type", text):
            page.keyboard.type(text, delay=10)
        case ("press", key):
            page.keyboard.press(key)
        case ("drag", x, y, to_x, to_y):
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(to_x, to_y, steps=12)
            page.mouse.up()
        case _:
            raise ValueError(f"nobody can {move}")
    page.wait_for_timeout(REST_MS)
