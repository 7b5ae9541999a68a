// What a document looks like to a locator: roles, names and texts as Playwright computes them, each at most once.
import {
  beginAriaCaches,
  elementText,
  endAriaCaches,
  getAriaLevel,
  getAriaRole,
  getElementAccessibleName,
  getElementLabels,
  isElementHiddenForAria,
  type ElementText,
} from "ivya/utils";
import { closest, containsDeep, elementsUnder, idOf, isField, isPressed, parentOf, SKIPPED, squash } from "./dom";
import { TASK_MS } from "../limits";
import { attempt, native } from "../native";
import { HOLE, isHidden, wordsOf } from "./reader";
import type { Change, Watch } from "./watch";
import type { Candidate, Locator, Scope } from "../wire";

const LABELLED = "input,select,textarea,button,meter,output,progress,[aria-label],[aria-labelledby]";

const INNER_MAX = 300;
const MUCH_CHARS = 5_000;

type Texts = WeakMap<Element | ShadowRoot, ElementText>;

/** What outlives a change of the page elsewhere: roles, names and texts by element. */
export class Known {
  roles = new WeakMap<Element, string | null>();
  names = new WeakMap<Element, string>();
  texts: Texts = new WeakMap();

  /** Grows with each change by which an element may have another role. */
  rolesEpoch = 0;

  /** The element, or something in it, changed. */
  forget({ element, above, withInner, renames }: Change): void {
    this.roles.delete(element);
    if (renames) this.rolesEpoch += 1;
    for (let up: Element | null = element; up && !above.has(up); up = parentOf(up)) {
      above.add(up);
      this.names.delete(up);
      this.texts.delete(up);
      if (up.shadowRoot) this.texts.delete(up.shadowRoot);
    }
    if (!withInner) return;
    const inner = element.getElementsByTagName("*");
    for (let i = Math.min(inner.length, INNER_MAX) - 1; i >= 0; i--) this.names.delete(inner[i]!);
  }

  forgetTexts(): void {
    this.texts = new WeakMap();
  }

  /** Something else is masked now. */
  forgetAll(): void {
    this.rolesEpoch += 1;
    this.roles = new WeakMap();
    this.names = new WeakMap();
    this.forgetTexts();
  }
}

export class PageIndex {
  readonly elements: Element[];
  /** How many of them have been learned. */
  private learned = 0;
  private roles: Map<string, Element[]> | null = null;
  private rolesEpoch = 0;
  private names!: Map<Element, string>;
  private hidden!: Map<Element, boolean>;
  private foundBefore!: Map<string, Element[]>;

  constructor(
    readonly doc: Document,
    private readonly lasting: Known,
  ) {
    this.elements = elementsUnder(doc);
    this.renew();
  }

  /** The page changed, but has the same elements in the same order. */
  renew(): void {
    this.names = new Map();
    this.hidden = new Map();
    this.foundBefore = new Map();
  }

  role(element: Element): string | null {
    const { roles } = this.lasting;
    const known = roles.get(element);
    if (known !== undefined) return known;
    const role = attempt(() => getAriaRole(element), null);
    roles.set(element, role);
    return role;
  }

  name(element: Element): string {
    if (isHidden(element)) return "";
    const known = this.names.get(element) ?? this.lasting.names.get(element);
    if (known !== undefined) return known;
    const whole = attempt(() => squash(getElementAccessibleName(element, false)), "");
    const name = whole.split(HOLE).join("").trim() ? whole : "";
    this.names.set(element, name);
    // What is hidden has no name: a style may show it without a word.
    if (name && !isField(element) && !element.hasAttribute("aria-labelledby")) this.lasting.names.set(element, name);
    return name;
  }

  /** Learns what buttons and links are called, for a while: whoever acts on one is told by its name among all. */
  learn(): boolean {
    const endMs = native.now() + TASK_MS;
    for (; this.learned < this.elements.length && native.now() < endMs; this.learned++) {
      const element = this.elements[this.learned]!;
      if (isPressed(element)) this.name(element);
    }
    return this.learned === this.elements.length;
  }

  text(element: Element): string {
    return tidied(this.textOf(element));
  }

  private textOf(element: Element): ElementText {
    return isHidden(element) ? NONE : attempt(() => elementText(this.lasting.texts, element), NONE);
  }

  /** What the page put into a web component, without what the component's own shadow root adds; else all its text. */
  told(element: Element): string {
    if (!element.shadowRoot) return this.text(element);
    let text = "";
    for (let child = element.firstChild; child; child = child.nextSibling) {
      text += child.nodeType === 1 ? ` ${this.text(child as Element)} ` : child.nodeType === 3 ? wordsOf(child) : "";
    }
    return squash(text) || this.text(element);
  }

  labels(element: Element): string[] {
    return attempt(() => getElementLabels(this.lasting.texts, element).map((label) => squash(label.full)).filter((label) => label !== HOLE), []);
  }

  level(element: Element): number {
    return attempt(() => getAriaLevel(element), 0);
  }

  hiddenForRoles(element: Element): boolean {
    let known = this.hidden.get(element);
    if (known === undefined) this.hidden.set(element, (known = !isPlainlyShown(element) && attempt(() => isElementHiddenForAria(element), true)));
    return known;
  }

  /** The elements that the locator finds inside the scopes, as Playwright would. */
  found(locator: Locator, within: readonly Scope[] = []): Element[] {
    const key = JSON.stringify([locator, within]);
    const known = this.foundBefore.get(key);
    if (known) return known;
    const elements = within.length ? inside(this.found(locator), this.matchesScope(within[within.length - 1]!, within.slice(0, -1))) : this.lookUp(locator);
    this.foundBefore.set(key, elements);
    return elements;
  }

  /** The scope's elements. */
  matchesScope(scope: Scope, within: readonly Scope[] = []): Element[] {
    const all = this.found(scope.locator, within);
    if (scope.has_text === undefined) return all;
    const part = scope.has_text.toLowerCase();
    return all.filter((one) => inSmall(this.textOf(one)).includes(part));
  }

  /** The candidate with its count and the element's place, or null where it doesn't find the element. */
  measure(locator: Locator, element: Element, within: Scope[] = []): Candidate | null {
    const found = this.found(locator, within);
    const index = found.indexOf(element);
    if (index < 0) return null;
    return within.length
      ? { locator, within, count: found.length, index }
      : { locator, count: found.length, index };
  }

  private byRole(role: string): Element[] {
    if (!this.roles || this.rolesEpoch !== this.lasting.rolesEpoch) {
      this.rolesEpoch = this.lasting.rolesEpoch;
      this.roles = new Map();
      for (const element of this.elements) {
        const own = this.role(element);
        if (!own) continue;
        const like = this.roles.get(own);
        if (like) like.push(element);
        else this.roles.set(own, [element]);
      }
    }
    return this.roles.get(role) ?? [];
  }

  private lookUp(locator: Locator): Element[] {
    switch (locator.by) {
      case "test_id":
        return this.elements.filter((one) => one.getAttribute(locator.attribute) === locator.value);
      case "role":
        return this.lookUpRole(locator);
      case "label": {
        const same = textMatcher(locator.value, locator.exact);
        return this.elements.filter((one) => one.matches(LABELLED) && this.labels(one).some(same));
      }
      case "placeholder":
      case "alt":
      case "title": {
        const part = locator.value.toLowerCase();
        return this.elements.filter((one) => {
          const value = one.getAttribute(locator.by);
          if (value === null) return false;
          return locator.exact ? value === locator.value : value.toLowerCase().includes(part);
        });
      }
      case "text":
        return this.lookUpText(locator.value, locator.exact);
      case "id":
        return this.elements.filter((one) => idOf(one) === locator.value);
      case "attribute":
        return this.elements.filter(
          (one) => one.localName === locator.tag && one.getAttribute(locator.attribute) === locator.value,
        );
      case "tag":
        return this.elements.filter(
          (one) => one.localName === locator.tag && (locator.classes ?? []).every((name) => one.classList.contains(name)),
        );
      case "path":
        return [];
    }
  }

  private lookUpRole(locator: Extract<Locator, { by: "role" }>): Element[] {
    const { name, exact, level } = locator;
    const part = name?.toLowerCase();
    return this.byRole(locator.role).filter((one) => {
      if (level !== undefined && this.level(one) !== level) return false;
      // Names are known from one look at the page to the next; whether something is hidden has to be asked anew.
      if (part !== undefined && !(exact ? this.name(one) === name : this.name(one).toLowerCase().includes(part))) return false;
      return !this.hiddenForRoles(one);
    });
  }

  /** The innermost elements whose text matches; texts are only built along the way down. */
  private lookUpText(value: string, exact = false): Element[] {
    const part = value.toLowerCase();
    const found: Element[] = [];
    const down = (element: Element): boolean => {
      if (SKIPPED.test(element.nodeName)) return false;
      const text = this.textOf(element);
      // Of much text it is asked last whether it holds the words as a whole.
      const much = text.full.length > MUCH_CHARS;
      if (!much && !inSmall(text).includes(part)) return false;
      let childMatches = false;
      for (const root of [element, element.shadowRoot]) {
        for (let child = root?.firstElementChild; child; child = child.nextElementSibling) if (down(child)) childMatches = true;
      }
      if (much && (childMatches || !inSmall(text).includes(part))) return childMatches;
      const own = !exact || tidied(text) === value;
      if (own && !childMatches) found.push(element);
      return own;
    };
    if (this.doc.documentElement) down(this.doc.documentElement);
    const same = textMatcher(value, exact);
    // Nobody may read here what boxes hold, and yet Playwright finds them by what their markup does.
    const boxes = this.elements.filter((one) => one.nodeName === "TEXTAREA" && same(squash(one.textContent!)));
    return boxes.length ? this.elements.filter((one) => found.includes(one) || boxes.includes(one)) : found;
  }
}

const NONE: ElementText = { full: "", tidy: "" };

const tidied = (text: ElementText): string => (text.tidy ??= squash(text.full));

/** In small letters, as parts are compared. */
const inSmall = (text: ElementText): string => (text.small ??= tidied(text).toLowerCase());

/** Shown and heard as far as the browser itself can tell in one question, which most elements are. */
const isPlainlyShown = (element: Element): boolean =>
  attempt(() => element.checkVisibility({ checkVisibilityCSS: true }), false) && !closest(element, "[aria-hidden=true i]");

/** The elements that are deep inside one of `outer`. */
function inside(elements: Element[], outer: Element[]): Element[] {
  if (outer.length === 1 && !outer[0]!.shadowRoot) {
    const [only] = outer as [Element];
    return elements.filter((one) => one !== only && (only.contains(one) || (one.getRootNode().nodeType === 11 && containsDeep(only, one))));
  }
  const scopes = new Set(outer);
  return elements.filter((one) => {
    for (let up = parentOf(one); up; up = parentOf(up)) if (scopes.has(up)) return true;
    return false;
  });
}

function textMatcher(value: string, exact = false): (text: string) => boolean {
  const part = value.toLowerCase();
  return exact ? (text) => text === value : (text) => text.toLowerCase().includes(part);
}

/** Page indexes by document, alive until the page changes (`epoch`). */
export class Indexes {
  private readonly byDocument = new Map<Document, PageIndex>();
  private epoch = -1;
  private shape = -1;

  constructor(
    private readonly watch: Watch,
    private readonly known: Known,
    private readonly isPlain: () => boolean,
  ) {}

  of(doc: Document): PageIndex {
    // By what is ticked, pointed at or has the focus, style sheets show and hide without a change of the tree.
    const epoch = this.watch.now();
    if (epoch !== this.epoch) {
      if (this.watch.shapeEpoch === this.shape) for (const index of this.byDocument.values()) index.renew();
      else this.byDocument.clear();
      this.epoch = epoch;
      this.shape = this.watch.shapeEpoch;
      // What is masked depends on more than what was changed: a slot, a form, a frame.
      if (!this.isPlain()) this.known.forgetTexts();
    }
    let index = this.byDocument.get(doc);
    if (!index) this.byDocument.set(doc, (index = new PageIndex(doc, this.known)));
    return index;
  }

  /** Learns for a while what the page's controls are called; true where nothing is left to learn. */
  learn(): boolean {
    return this.cached(() => this.of(document).learn());
  }

  /** Runs `work` with ivya's own caches switched on. */
  cached<T>(work: () => T): T {
    beginAriaCaches();
    try {
      return work();
    } finally {
      endAriaCaches();
    }
  }
}
