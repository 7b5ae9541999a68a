// Secrets that are entered without a field: by buttons with digits, by keys that the page takes itself.
import { ancestorsOf, elementsUnder, squash } from "../page/dom";
import { kindByWords } from "./secretfields";

const KEY = /^\D{0,9}(\d)\D{0,9}$/;
const DIGITS = 10;
const LEVELS_MAX = 6;
const AROUND_CHARS_MAX = 400;

/** The digit that a key writes, by what it is called. */
export const digitOf = (key: Element): string | undefined => KEY.exec(squash(key.getAttribute("aria-label") ?? key.textContent))?.[1];

/** Whether the element is a key of a pad for a secret: all ten digits stand there, and what is around them asks for one. */
export const isPadKey = (element: Element): unknown =>
  digitOf(element) && [...ancestorsOf(element)].slice(0, LEVELS_MAX).some((up) => new Set(elementsUnder(up).map(digitOf)).size > DIGITS && asksAround(up));

/** Whether the first words there, or a field for a password, ask for a secret. */
export const asksAround = (element: Element): unknown =>
  kindByWords(((element as HTMLElement).innerText ?? element.textContent).slice(0, AROUND_CHARS_MAX)) ?? element.querySelector("[type=password]");
