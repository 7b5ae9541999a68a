// Secrets that are entered without a field: by buttons with digits, by keys that the page takes itself.
import { ancestorsOf, elementsUnder, parentOf, squash } from "../page/dom";
import { kindByWords } from "./secretfields";

const KEY = /^(\d)\D{0,5}$/;
const DIGITS = 10;
const PAD_ELEMENTS_MAX = 99;
const STEPS_MAX = 9;
const AROUND_CHARS_MAX = 400;
const STRUCK_CHARS_MAX = 40;
const STRUCK_MAX = 8;
/** Where what was struck may end after a key that isn't told: that takes none away, or some (two clicks that make a double one come once), or all. */
const LEFT = [-1, -2, 0, 99, -3];

/** What keys or buttons may have written last of a secret that is in no field, in each way to read them. */
export class StruckKeys {
  private ways = [""];
  private pad?: Element;

  /** A key of a secret wrote a sign: all that may be written now. */
  write(sign: string, pad?: Element): string[] {
    this.pad = pad;
    return (this.ways = this.ways.map((one) => (one.length > STRUCK_CHARS_MAX ? "" : one) + sign));
  }

  /** Another control or key was used: in the same pad, or where one `goesOn`, the secret may go on. */
  leave(element: Element, goesOn: unknown): void {
    const stays = goesOn || this.pad?.contains(element);
    this.ways = stays ? [...new Set(LEFT.flatMap((end) => this.ways.map((one) => one.slice(0, end))))].slice(0, STRUCK_MAX) : [""];
  }
}

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
