// What a person sees on the page, as a list of items: headings, controls, rows, and blocks of text.
import { getAriaChecked } from "ivya/utils";
import { cut, documentOf, fieldValue, idOf, isDisabled, isField, isTextField, showsLive, SKIPPED, speakable, squash, tagOf, visible } from "./dom";
import * as limits from "../limits";
import { attempt, native } from "../native";
import type { Indexes, PageIndex } from "./pageindex";
import type { Privacy } from "../privacy/privacy";
import { holdsSecret, isHidden, naming, wordsOf } from "./reader";
import { says } from "./telling";

export interface Item {
  el: Element;
  role: string;
  text: string;
  key: string;
  /** Less is more: 0 live and dialogs, 1 the page's own matter, 2 navigation and the like. */
  zone: number;
  live: boolean;
  /** A row or list item made of several texts. */
  whole: boolean;
  /** The visible words of an element whose name says something else. */
  words: boolean;
  masked: boolean;
}

export interface FieldState {
  value: string;
  secret: boolean;
  /** Names the field across page loads; empty for an editor. */
  sign: string;
}

export type StateName = "checked" | "selected" | "expanded" | "disabled" | "pressed";

export interface ListState {
  count: number;
  /** The items of a short list, in their order. */
  items: Element[];
  itemRole: string;
  /** Names the list across page loads; empty where nothing does. */
  sign: string;
}

export interface Snapshot {
  items: Item[];
  keys: Map<string, number>;
  byElement: Map<Element, Item>;
  /** The items with `words`. */
  wordsOf: Map<Element, Item>;
  fields: Map<Element, FieldState>;
  states: Map<Element, Partial<Record<StateName, boolean>>>;
  lists: Map<Element, ListState>;
  /** Whether the whole page was walked within its bounds. */
  complete: boolean;
}

/** Told by their names. */
export const NAMED = new Set(
  ("heading link button tab menuitem menuitemcheckbox menuitemradio option checkbox radio switch img textbox searchbox " +
    "combobox spinbutton slider treeitem listbox").split(" "),
);
const FROM_CONTENT = /^(heading|link|button|tab|menuitem|menuitemcheckbox|menuitemradio|option|treeitem|switch|checkbox|radio)$/;
const WHOLE = /^(row|listitem|article|treeitem)$/;
const LISTS: Record<string, string> = { list: "listitem", table: "row", grid: "row", treegrid: "row", listbox: "option", tree: "treeitem", tablist: "tab", menu: "menuitem", feed: "article" };
const ASIDE = /^(navigation|complementary|contentinfo|banner)$/;
/** What comes under the pointer, and what counts by itself. */
const NEVER_STILL = /^(tooltip|timer)$/;
const LIVE_ROLES = /^(alert|status|log|alertdialog)$/;
const LINE_CHARS_MAX = 120;
/** Elements that are looked at between two looks at the clock. */
const STEPS_A_LOOK = 32;
const WORDS = /[\p{L}\p{N}]/u;

interface Context {
  zone: number;
  live: boolean;
  /** The text of the surrounding block has been taken already. */
  covered: boolean;
  masked: boolean;
  /** Kept from screen readers. */
  silent: boolean;
}

export class Snapshots {
  constructor(
    private readonly indexes: Indexes,
    private readonly privacy: Privacy,
  ) {}

  /** A look at the whole page, that is taken at once or in slices. */
  begin(doc: Document): Walk {
    this.privacy.learn();
    return new Walk(doc, this.indexes, this.privacy);
  }
}

/** What is still to be looked at. */
interface Visit {
  element: Element;
  style: CSSStyleDeclaration;
  index: PageIndex;
  around: Context;
}

export class Walk {
  readonly snapshot: Snapshot = {
    items: [],
    keys: new Map(),
    byElement: new Map(),
    wordsOf: new Map(),
    fields: new Map(),
    states: new Map(),
    lists: new Map(),
    complete: true,
  };
  spentMs = 0;
  private readonly ahead: Visit[] = [];
  /** Styles of the children of the element that is looked at. */
  private readonly styles = new Map<Element, CSSStyleDeclaration>();
  private visit!: Visit;
  private steps = 0;

  constructor(
    doc: Document,
    private readonly indexes: Indexes,
    private readonly privacy: Privacy,
  ) {
    const root = doc.body ?? doc.documentElement;
    if (root) this.plan(root, getComputedStyle(root), indexes.of(doc), { zone: 1, live: false, covered: false, masked: privacy.masksAll, silent: false });
  }

  /** Looks on for so long; true once the whole page was seen, or what the bounds allow. */
  run(mostMs: number): boolean {
    const startMs = native.now();
    let tookMs = 0;
    this.indexes.cached(() => {
      while (this.ahead.length && tookMs <= mostMs) {
        this.into(this.ahead.pop()!);
        if ((this.steps += 1) % STEPS_A_LOOK === 0) tookMs = native.now() - startMs;
        if (this.snapshot.items.length < limits.ITEMS_MAX && this.steps < limits.ELEMENTS_MAX) continue;
        this.snapshot.complete &&= this.ahead.length === 0;
        this.ahead.length = 0;
      }
    });
    this.spentMs += native.now() - startMs;
    return !this.ahead.length;
  }

  private plan(element: Element, style: CSSStyleDeclaration, index: PageIndex, around: Context): void {
    if (!SKIPPED.test(element.nodeName) && element.nodeName !== "title" && style.display !== "none") this.ahead.push({ element, style, index, around });
  }

  private into(visit: Visit): void {
    const { element, style, index, around } = visit;
    const role = index.role(element) ?? "";
    if (NEVER_STILL.test(role)) return;
    this.visit = visit;
    this.styles.clear();
    const context = this.contextOf(element, role, around);
    if (element.nodeName === "IFRAME" || element.nodeName === "FRAME") return this.intoFrame(element, context);
    if (element.nodeName === "SELECT" || isTextField(element)) return this.field(element, role, index, context);
    this.state(element, role, index);
    if (style.visibility === "visible") this.own(element, role, index, context);
    if ((element as HTMLElement).contentEditable === "true") return this.written(element, context);
    this.children(element, index, context);
  }

  private contextOf(element: Element, role: string, around: Context): Context {
    const liveness = element.getAttribute("aria-live");
    const live = around.live || liveness === "polite" || liveness === "assertive" || LIVE_ROLES.test(role) || showsLive(element);
    let zone = around.zone;
    if (live || role === "dialog" || role === "alertdialog") zone = 0;
    else if (ASIDE.test(role) && zone === 1) zone = 2;
    else if (role === "main") zone = 1;
    const silent = around.silent || element.getAttribute("aria-hidden")?.toLowerCase() === "true";
    return { zone, live, covered: around.covered, masked: around.masked || isHidden(element) || holdsSecret(element), silent };
  }

  /** Takes what the element itself shows and marks what its children needn't tell again. */
  private own(element: Element, role: string, index: PageIndex, context: Context): void {
    if (context.masked) return this.structure(element, role, context);
    if (role === "dialog" || role === "alertdialog") return this.addItem(element, role, speakable(index.name(element)), context);
    if (LIVE_ROLES.test(role)) return this.liveRegion(element, role, index, context);
    if (NAMED.has(role) && !this.unheard(element, index, context)) {
      const name = speakable(index.name(element));
      if (name) {
        this.addItem(element, role, name, context);
        if (FROM_CONTENT.test(role) && says(name, speakable(index.text(element)))) context.covered = true;
      }
    }
    this.list(element, role, index);
    const named = element.nodeName === "LABEL" && (element as HTMLLabelElement).control !== null;
    const text = context.covered || named ? "" : this.blockText(element, index);
    if (text) {
      this.addItem(element, role, text, context);
      context.covered = true;
    } else if (!context.covered && !named && this.isLine(element, index)) {
      this.addItem(element, role, speakable(index.text(element)), context);
    } else if (WHOLE.test(role)) {
      this.addItem(element, role, speakable(index.text(element)), context, true);
    }
  }

  private structure(element: Element, role: string, context: Context): void {
    const telling = /^(dialog|alertdialog|alert|status|heading|row|listitem)$/.test(role);
    if (telling || element.hasAttribute("data-testid")) this.addItem(element, role || "generic", "", context);
    context.covered = true;
  }

  private liveRegion(element: Element, role: string, index: PageIndex, context: Context): void {
    const text = speakable(index.text(element));
    if (!text || text.length > limits.TEXT_CHARS_MAX || element.querySelector("[role=timer]")) return;
    this.addItem(element, role, text, context);
    context.covered = true;
  }

  /** The text of a block: its own and that of its inline children, if it has any of its own. */
  private blockText(element: Element, index: PageIndex): string {
    let own = false;
    for (let child = element.firstChild; child; child = child.nextSibling) {
      if (child.nodeType === 3 && WORDS.test(child.nodeValue ?? "")) {
        own = true;
        break;
      }
    }
    if (!own) return "";
    let text = "";
    for (let child = element.firstChild; child; child = child.nextSibling) {
      if (child.nodeType === 3) text += wordsOf(child);
      else if (child.nodeType === 1 && isInline(this.styleOf(child as Element))) text += index.text(child as Element);
      else text += " ";
    }
    return speakable(text);
  }

  /** Whether the element is one line of several inline parts ("Total:" and "12"), not all of them controls. */
  private isLine(element: Element, index: PageIndex): boolean {
    const children = element.children;
    if (children.length < 2 || children.length > 6 || index.text(element).length > LINE_CHARS_MAX) return false;
    let parts = 0;
    for (const child of children) {
      if (!index.text(child) || SKIPPED.test(child.nodeName)) continue;
      if (!isInline(this.styleOf(child)) || isField(child)) return false;
      if (!NAMED.has(index.role(child) ?? "")) parts += 1;
    }
    return parts > 1;
  }

  private children(element: Element, index: PageIndex, context: Context): void {
    const ahead = [...(element.shadowRoot ?? element).children];
    if (element.nodeName === "SLOT") ahead.push(...(element as HTMLSlotElement).assignedElements());
    for (let at = ahead.length - 1; at >= 0; at--) this.child(ahead[at]!, index, context);
  }

  private child(child: Element, index: PageIndex, { zone, live, covered, masked, silent }: Context): void {
    const style = this.styleOf(child);
    const told = covered && (live || masked || isInline(style) || !child.firstElementChild || FROM_CONTENT.test(index.role(child) ?? ""));
    this.plan(child, style, index, { zone, live, covered: told, masked, silent });
  }

  private styleOf(child: Element): CSSStyleDeclaration {
    let style = this.styles.get(child);
    if (!style) this.styles.set(child, (style = getComputedStyle(child)));
    return style;
  }

  private intoFrame(frame: Element, context: Context): void {
    const doc = documentOf(frame as HTMLIFrameElement);
    if (doc?.body && visible(frame)) this.plan(doc.body, getComputedStyle(doc.body), this.indexes.of(doc), { ...context, covered: false });
  }

  /** As Playwright sees it: what is around the element shows, else we would not be here. */
  private unheard(element: Element, index: PageIndex, context: Context): boolean {
    if (this.visit.style.display === "contents") return index.hiddenForRoles(element);
    return context.silent || !isShown(element);
  }

  /** Whether the element has a box to be seen; one for screen readers alone is clipped to a dot. */
  private boxed(element: Element, role: string): boolean {
    if (this.visit.style.display === "contents") return visible(element);
    const { width, height } = native.boxOf(element);
    if (width <= 0 || height <= 0 || (width <= 2 && height <= 2 && !NAMED.has(role))) return false;
    return this.visit.style.visibility === "visible" && isShown(element);
  }

  private addItem(element: Element, role: string, text: string, context: Context, whole = false): void {
    if (!context.masked && !text && !/dialog$/.test(role)) return;
    if (!this.boxed(element, role)) return;
    const short = cut(text, limits.TEXT_CHARS_MAX);
    const mark = whole ? "=" : this.snapshot.byElement.has(element) ? "~" : "";
    const key = `${mark}${role}|${cut(text, 120)}`;
    const { byElement, wordsOf, items } = this.snapshot;
    const words = byElement.has(element);
    const { zone, live, masked } = context;
    const item: Item = { el: element, role: words ? "" : role, text: short, key, zone, live, whole, words, masked };
    items.push(item);
    (words ? wordsOf : byElement).set(element, item);
    this.snapshot.keys.set(key, (this.snapshot.keys.get(key) ?? 0) + 1);
  }

  private field(element: Element, role: string, index: PageIndex, context: Context): void {
    if (!visible(element)) return;
    this.state(element, role, index);
    const select = element.nodeName === "SELECT";
    const option = select ? (element as HTMLSelectElement).selectedOptions[0] : undefined;
    const value = select ? squash(option?.label) : fieldValue(element);
    const secret = context.masked || (option !== undefined && isHidden(option)) || this.privacy.kindOf(element, value) !== undefined;
    const name = context.masked ? "" : speakable(index.name(element)) || naming(element, "name");
    const sign = `${role}|${cut(name, 80)}|${naming(element, "name") || idOf(element)}`;
    this.snapshot.fields.set(element, { value: secret ? "" : cut(value, limits.TEXT_CHARS_MAX), secret, sign });
    if (name) this.addItem(element, role || "textbox", name, context);
  }

  private written(editor: Element, { masked }: Context): void {
    const value = editor.querySelectorAll("*").length > limits.EDITED_MAX ? "" : linesOf(editor, "").join("\n");
    const secret = masked || this.privacy.kindOf(editor, value) !== undefined;
    this.snapshot.fields.set(editor, { value: secret ? "" : value, secret, sign: "" });
  }

  private state(element: Element, role: string, index: PageIndex): void {
    let states: Partial<Record<StateName, boolean>> | undefined;
    if (/^(checkbox|radio|switch|menuitemcheckbox|menuitemradio)$/.test(role)) {
      (states ??= {}).checked = attempt(() => getAriaChecked(element) === true, false);
    }
    // Only what the page itself says: a test can look for no other state.
    for (const state of ["expanded", "selected", "pressed"] as const) {
      const said = element.getAttribute(`aria-${state}`);
      if (said !== null) (states ??= {})[state] = said === "true";
    }
    if (role === "button" || isField(element)) (states ??= {}).disabled = isDisabled(element);
    if (states && (index.role(element) || idOf(element))) this.snapshot.states.set(element, states);
  }

  private list(element: Element, role: string, index: PageIndex): void {
    const itemRole = LISTS[role];
    if (!itemRole) return;
    let count = 0;
    const items: Element[] = [];
    for (const item of element.querySelectorAll("*")) {
      if (count > limits.LIST_ITEMS_MAX) break;
      if (index.role(item) !== itemRole || !visible(item) || nearestList(item, element, index) !== element) continue;
      count += 1;
      if (count <= limits.ORDERED_ITEMS_MAX) items.push(item);
    }
    const sign = idOf(element) || element.getAttribute("data-testid") || element.getAttribute("aria-label") || "";
    this.snapshot.lists.set(element, { count, items, itemRole, sign: sign ? `${role}#${sign}` : "" });
  }
}

/** What stands in an editor: a line for each text, with the tags around it. */
function linesOf(element: Element, tags: string): string[] {
  if (isHidden(element) || holdsSecret(element)) return [];
  return [...element.childNodes].flatMap((node) =>
    node.nodeType === 3 ? `${tags}\t${squash(wordsOf(node))}` : node.nodeType === 1 ? linesOf(node as Element, `${tags} ${tagOf(node as Element)}`) : [],
  );
}

function nearestList(item: Element, outer: Element, index: PageIndex): Element {
  for (let up = item.parentElement; up && up !== outer; up = up.parentElement) if (LISTS[index.role(up) ?? ""]) return up;
  return outer;
}

const isInline = ({ display }: CSSStyleDeclaration): boolean => display.startsWith("inline") || display === "contents" || display === "ruby";

/** Not in what is folded up, or kept from being drawn. */
const isShown = (element: Element): boolean => typeof element.checkVisibility !== "function" || element.checkVisibility();
