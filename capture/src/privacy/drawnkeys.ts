// Secrets that are entered without a field: by buttons with digits, by keys that the page takes itself.
import { ancestorsOf, elementsUnder, parentOf, squash } from "../page/dom";
import { kindByWords } from "./secretfields";

const KEY = /^(\d)\D{0,5}$/;
const DIGITS = 10;
const PAD_ELEMENTS_MAX = 99;
const STEPS_MAX = 9;
const AROUND_CHARS_MAX = 400;

/** The digit that a key writes, by what it is called. */
export const digitOf = (key: Element): string | undefined =>
  KEY.exec(squash(key.getAttribute("aria-label")?.replace(/\D/g, "") ?? key.textContent))?.[1];

/** The pad for a secret that the element is a key of: all ten digits stand there on such keys, and it asks for one, or what is right before it. */
export function padOf(key: Element): Element | undefined {
  if (!digitOf(key) || key.matches("a[href]")) return;
  for (const pad of ancestorsOf(key)) {
    const under = elementsUnder(pad);
    if (under.length > PAD_ELEMENTS_MAX) return;
    const alike = under.filter((one) => one.localName === key.localName && one.getAttribute("role") === key.getAttribute("role"));
    if (new Set(alike.map(digitOf).filter(Boolean)).size < DIGITS) continue;
    let at: Element | null = pad;
    for (let step = 0; at && !/NAV|MAIN/.test(at.nodeName) && step < STEPS_MAX; step++) {
      if ((at === pad || !at.contains(pad)) && asksAround(at)) return pad;
      at = at.previousElementSibling ?? parentOf(at);
    }
    return;
  }
}

/** Whether the first words there, or a field for a password, ask for a secret. */
export const asksAround = (element: Element): unknown =>
  kindByWords(((element as HTMLElement).innerText ?? element.textContent).slice(0, AROUND_CHARS_MAX)) ??
  ((element as HTMLInputElement).type === "password" || element.querySelector("[type=password]"));
