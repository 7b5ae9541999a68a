// What kind of secret a field takes: by its type, by what it is called, wherever that is said, and by the boxes beside it.
import { closest, elementsUnder, isPressed, labelsOf, parentOf, squash } from "../page/dom";
import { attempt } from "../native";
import { card, other_code, otp, password } from "secret-words";
import type { Secret } from "../wire";

const KINDS = Object.entries({ otp, card, password }) as [Secret, RegExp][];

/** What short numbers that are asked for by their length may be, unless one of the others says what it is. */
const CODE = /\b(code|c[oó]digo|codice|kode?|sms)\b/i;
/** A placeholder that lists what could be typed says nothing of what is. */
const EXAMPLES = /^(e\.?g\b|for example|such as)|,.*,/i;
/** Types whose values are no secrets, whatever the field is called. */
const OPEN_TYPES = /^(email|url|date|datetime-local|month|week|time|color|range|checkbox|radio|file|button|submit|reset|image)$/;
/** What stands for letters that nobody may read, and the last of them for a moment. */
const DOTS = /^[\u2022\u25cf*]{2,}.?$/;
/** What fields beside each other are called that take a part each. */
const NUMBERED = /^(\D*)\d\d?\W*$/;
const TELLING = ["name", "id", "aria-label", "placeholder", "title", "data-testid", "label"];
const FIELDS = "input,select,textarea";
const LABEL_CHARS_MAX = 80;
const BOX_CHARS_MAX = 6;
const BOX_PX_MAX = 72;
const BOXES_MIN = 3;
const BOXES_MAX = 24;
const LEVELS_MAX = 5;

const typeOf = (element: Element): string => (element.getAttribute("type") ?? "").toLowerCase();

/** What kind of secret words ask for. */
export function kindByWords(words: string): Secret | undefined {
  const plain = folded(words);
  return KINDS.find(([, pattern]) => pattern.test(plain))?.[0];
}

/** As the words are written that the build takes from the program (see build.mjs). */
const folded = (words: string): string =>
  words.replace(/([a-z])(?=[A-Z])/g, "$1 ").replace(/_/g, " ").toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").normalize();

/** What kind of secret the field itself says that it takes. */
export function ownKind(field: Element): Secret | undefined {
  const type = typeOf(field);
  if (type === "password") return "password";
  const complete = (field.getAttribute("autocomplete") ?? "").toLowerCase();
  if (/one-time-code/.test(complete)) return "otp";
  if (/(^|\s)cc-/.test(complete)) return "card";
  // Widgets that look things up ask for a "new password" to keep browsers from filling in an address.
  if (/password/.test(complete) && !(complete.trim() === "new-password" && looksUp(field, type))) return "password";
  if (field.nodeName === "INPUT" && OPEN_TYPES.test(type)) return undefined;
  const words = wordsOf(field);
  return kindByWords(words) ?? (looksDotted(field) ? "password" : asksDigits(field) && CODE.test(words) && !other_code.test(folded(words)) ? "otp" : undefined);
}

/** Whether the page shows dots for what is typed, by its style alone (disc, circle, square, not none) or by writing them. */
const looksDotted = (field: Element): boolean =>
  DOTS.test((field as HTMLInputElement).value ?? field.textContent) || /[cq]/.test((getComputedStyle(field) as unknown as Record<string, string>).webkitTextSecurity!);

/** Whether the field takes a number of few digits. */
function asksDigits(field: Element): boolean {
  const { maxLength } = field as HTMLInputElement;
  const few = maxLength > 2 && maxLength < 9;
  const digits = /numeric|decimal/.test(field.getAttribute("inputmode") ?? "") || typeOf(field) === "tel";
  return few || digits || /^\W*(\\d|\[0-9\])/.test(field.getAttribute("pattern") ?? "");
}

/** The box of a widget that looks things up in a list: some give it the type of a select. */
function looksUp(field: Element, type: string): boolean {
  const role = field.getAttribute("role") ?? "";
  return /^(search$|select-)/.test(type) || /^(combobox|searchbox)$/.test(role) || /^(list|both|inline)$/.test(field.getAttribute("aria-autocomplete") ?? "") || field.getAttribute("aria-haspopup") === "listbox";
}

/** All that the page calls the field, masked or not, and the web components that it is the inside of. */
function wordsOf(field: Element): string {
  const words: string[] = [];
  for (let at: Element | null = field, depth = 0; at && depth < 3; at = hostOf(at), depth++) {
    const told = TELLING.map((name) => (at!.getAttribute(name) ?? "").trim());
    if (EXAMPLES.test(told[3]!)) told[3] = "";
    const named = labelTextsOf(at);
    words.push(...told, ...named);
    if (depth) words.push(at.localName);
    if (at.nodeName === at.nodeName.toUpperCase() && at.nodeName !== "BODY" && typeOf(at) !== "hidden" && !named.length && !told[2] && !told[3] && !told[4] && !/username/.test((at as HTMLInputElement).autocomplete) && !isPressed(at)) {
      words.push(aroundIt(at), textBefore(at) || textAfter(at), ...textsOf(at, "aria-describedby"), ...[...at.attributes].map(({ value }) => value));
    }
  }
  return words.filter(Boolean).join(" | ");
}

/** What shows the field as its inside: a web component, or a frame that holds no other. */
function hostOf(element: Element): Element | null {
  const root = element.getRootNode();
  if (root.nodeType === 11) return (root as ShadowRoot).host ?? null;
  return (root as Document).querySelectorAll(FIELDS).length < 2 ? attempt(() => (root as Document).defaultView!.frameElement, null) : null;
}

/** The texts of the elements that an attribute names. */
function textsOf(field: Element, attribute: string): string[] {
  const root = field.getRootNode() as Document | ShadowRoot;
  const ids = (field.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean).slice(0, 5);
  return attempt(() => ids.map((id) => squash(root.getElementById(id)?.textContent)), []);
}

function labelTextsOf(field: Element): string[] {
  const named = attempt(() => labelsOf(field), []);
  const around = named.length ? null : closest(field, "label");
  const texts = [...textsOf(field, "aria-labelledby"), ...[...named, around].map((one) => squash(one?.textContent))];
  return texts.filter((text) => text && text.length <= LABEL_CHARS_MAX);
}

/** The words right before a field that has no other name: the text beside it, or the cell before its own. */
function textBefore(field: Element): string {
  for (let at: Element | null = field, level = 0; at && at.nodeName !== "BODY" && level < LEVELS_MAX; at = at.parentElement, level++) {
    if (level > 1 && at.querySelectorAll(FIELDS).length > 1) return "";
    for (let before = at.previousSibling; before; before = before.previousSibling) {
      const text = squash(before.textContent);
      if (text) return text.length <= LABEL_CHARS_MAX && !(before.nodeType === 1 && holdsField(before as Element)) ? text : "";
    }
  }
  return "";
}

/** The words right after it, as labels that float over it stand there. */
function textAfter(field: Element): string {
  const next = field.nextElementSibling;
  return next && /^(SPAN|LABEL|P)$/.test(next.nodeName) ? squash(next.textContent).slice(0, LABEL_CHARS_MAX) : "";
}

/** What names a field from further away: the head of its column, or what its own group is called. */
function aroundIt(field: Element): string {
  const cell = field.closest("td");
  const head = cell?.closest("table")?.rows[0]?.cells[cell.cellIndex];
  if (head && head !== cell) return squash(head.textContent).slice(0, LABEL_CHARS_MAX);
  for (let up = parentOf(field), level = 0; up && level < 2 && up.querySelectorAll(FIELDS).length < 2; up = parentOf(up), level++) {
    const told = up.getAttribute("aria-label");
    if (told) return told;
  }
  return "";
}

const holdsField = (element: Element): boolean => element.matches(FIELDS) || element.querySelector(FIELDS) !== null;

/** The boxes that a code or a number is split over, the field among them; none where it isn't one of several. */
export function boxesOf(field: Element): HTMLInputElement[] {
  const box = isBox(field);
  const series = seriesOf(field);
  if (!box && series === undefined) return [];
  for (let up = parentOf(field), level = 0; up && level < LEVELS_MAX; up = parentOf(up), level++) {
    const boxes = elementsUnder(up).filter((one) => (box ? isBox(one) && one.maxLength === field.maxLength : seriesOf(one) === series)) as HTMLInputElement[];
    if (boxes.length >= BOXES_MIN) return boxes.length <= BOXES_MAX ? boxes : [];
  }
  return [];
}

const isPlainBox = (element: Element): element is HTMLInputElement => element.nodeName === "INPUT" && /^(|text|tel|number|password)$/.test(typeOf(element));

/** What a field is called but for its number, if it has one. */
const seriesOf = (field: Element): string | undefined =>
  isPlainBox(field) ? [...TELLING.map((name) => field.getAttribute(name) ?? ""), ...labelTextsOf(field)].map((told) => NUMBERED.exec(told)).find(Boolean)?.[1] : undefined;

function isBox(element: Element): element is HTMLInputElement {
  if (!isPlainBox(element)) return false;
  const { maxLength, offsetWidth } = element as HTMLInputElement;
  return maxLength > 0 ? maxLength <= BOX_CHARS_MAX : offsetWidth > 0 && offsetWidth <= BOX_PX_MAX;
}

/**
 * What the boxes hold together: a secret if one of them, or what stands around them, says so; single characters always,
 * and so are as many as a card has. */
export function kindOfBoxes(boxes: HTMLInputElement[]): Secret | undefined {
  for (const box of boxes) {
    const kind = ownKind(box);
    if (kind) return kind;
  }
  const [first, last] = [boxes[0]!, boxes[boxes.length - 1]!];
  if (first.maxLength === 1) return "otp";
  const chars = first.maxLength * boxes.length;
  if (chars > 12 && chars < 20) return "card";
  let up = parentOf(first);
  while (up && !up.contains(last)) up = parentOf(up);
  const told = [up?.getAttribute("aria-label"), squash(up?.textContent).slice(0, LABEL_CHARS_MAX), up ? textBefore(up) : ""];
  return kindByWords(told.filter(Boolean).join(" | "));
}

/** Between the groups of a card's number, in an address as it is written there. */
const ENCODED_GAP = "%(?:25)*2[0BDE]";
const START = `(?:(?<=${ENCODED_GAP})|(?<![%\\d]|%[\\da-f]))`;
const NUMBERS = new RegExp(`${START}\\d+(?:(?:${ENCODED_GAP}|[\\W_]){1,4}\\d+)*`, "gi");
const GAPS = new RegExp(`(?:${ENCODED_GAP}|\\D)+`, "i");
/** The signs that people write within a number, and a number with them. */
const GAP = `(?:[\\s\\p{Pd}._·+]|${ENCODED_GAP})`;
const INNER_GAPS = new RegExp(GAP, "giu");
const NUMBER = new RegExp(`${START}\\d{3,7}(?:${GAP}\\d{2,7}){2,5}(?!\\d)`, "giu");
/** How many digits cards have in their groups. */
const SIZES = /^(?:1[3-9]|[3-7]{3,4}\d?|1{14,16})$/;
const GROUPS_MAX = 16;

/** The text with numbers of cards taken out, in whatever groups and forms of digits they stand. */
export function withoutCards(text: string, instead: string): string {
  const plain = plainDigits(text);
  if (plain !== text && holdsCard(plain)) return instead;
  return text.replace(NUMBERS, (run) => (holdsGroups(run.split(GAPS)) ? instead : run)).replace(NUMBER, (run) => (isCard(run) ? instead : run));
}

export const holdsCard = (text: string): boolean => isCard(plainDigits(text)) || withoutCards(text, "") !== text;

/** The text with the digits of all scripts as ours, and without signs that nobody sees. */
const plainDigits = (text: string): string =>
  text.normalize("NFKC").replace(/\p{Cf}/gu, "").replace(/(?!\d)\p{Nd}/gu, (digit) => {
    // Those of a script stand in their order: so many of them stand before this one.
    let value = 0;
    while (/\p{Nd}/u.test(String.fromCodePoint(digit.codePointAt(0)! - value - 1))) value++;
    return `${value % 10}`;
  });

/** Whether groups beside each other are a card, as cards have them. */
const holdsGroups = (groups: string[]): boolean =>
  groups.some((_, at) => {
    let digits = "";
    let sizes = "";
    return groups.slice(at, at + GROUPS_MAX).some((one) => {
      digits += one;
      return SIZES.test((sizes += one.length)) && isCard(digits);
    });
  });

/** 13 to 19 digits, in whatever groups, with a right check digit (Luhn). */
function isCard(value: string): boolean {
  const digits = value.replace(INNER_GAPS, "");
  return /^[2-6]\d{12,18}$/.test(digits) && Array.from(digits, Number).reverse().reduce((sum, digit, place) => sum + (place % 2 ? (digit * 2) % 9 || digit : digit), 0) % 10 === 0;
}
