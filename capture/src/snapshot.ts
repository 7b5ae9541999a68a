// What a person sees on the page, as a list of items: headings, controls, rows, and blocks of text.
import { getAriaChecked } from "ivya/utils";
import { cut, documentOf, fieldValue, idOf, isDisabled, isField, isTextField, showsLive, SKIPPED, speakable, squash, visible } from "./dom";
import * as limits from "./limits";
import { attempt, native } from "./native";
import type { Indexes, PageIndex } from "./pageindex";
import type { Privacy } from "./privacy";
import { holdsSecret, isHidden, naming, wordsOf } from "./reader";

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
  /** Names the field across page loads. */
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

const NAMED = new Set(
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
const WORDS = /[\p{L}\p{N}]/u;

interface Context {
  zone: number;
  live: boolean;
  /** The text of the surrounding block has been taken already. */
  covered: boolean;
  masked: boolean;
}

export class Snapshots {
  constructor(
    private readonly indexes: Indexes,
    private readonly privacy: Privacy,
  ) {}

  take(doc: Document): Snapshot {
    this.privacy.learn();
    return this.indexes.cached(() => {
      const walk = new Walk(this.indexes, this.privacy);
      const root = doc.body ?? doc.documentElement;
      if (root) walk.into(root, this.indexes.of(doc), { zone: 1, live: false, covered: false, masked: this.privacy.masksAll });
      return walk.snapshot;
    });
  }
}

class Walk {
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
  private readonly endMs = native.now() + 250;
  private steps = 0;

  constructor(
    private readonly indexes: Indexes,
    private readonly privacy: Privacy,
  ) {}

  into(element: Element, index: PageIndex, around: Context): void {
    if (SKIPPED.has(element.nodeName) || element.nodeName === "title" || this.spent()) return;
    const style = getComputedStyle(element);
    if (style.display === "none") return;
    const role = index.role(element) ?? "";
    if (NEVER_STILL.test(role)) return;
    const context = this.contextOf(element, role, around);
    if (element.nodeName === "IFRAME" || element.nodeName === "FRAME") return this.intoFrame(element, context);
    if (element.nodeName === "SELECT" || isTextField(element)) return this.field(element, role, index, context);
    this.state(element, role, index);
    if (style.visibility === "visible") this.own(element, role, index, context);
    if ((element as HTMLElement).contentEditable === "true") return;
    this.children(element, index, context);
  }

  private spent(): boolean {
    this.steps += 1;
    if (this.snapshot.items.length < limits.ITEMS_MAX && (this.steps % 256 || native.now() < this.endMs)) return false;
    this.snapshot.complete = false;
    return true;
  }

  private contextOf(element: Element, role: string, around: Context): Context {
    const liveness = element.getAttribute("aria-live");
    const live = around.live || LIVE_ROLES.test(role) || showsLive(element) || liveness === "polite" || liveness === "assertive";
    let zone = around.zone;
    if (live || role === "dialog" || role === "alertdialog") zone = 0;
    else if (ASIDE.test(role) && zone === 1) zone = 2;
    else if (role === "main") zone = 1;
    return { zone, live, covered: around.covered, masked: around.masked || isHidden(element) || holdsSecret(element) };
  }

  /** Takes what the element itself shows and marks what its children needn't tell again. */
  private own(element: Element, role: string, index: PageIndex, context: Context): void {
    if (context.masked) return this.structure(element, role, context);
    if (role === "dialog" || role === "alertdialog") return this.addItem(element, role, speakable(index.name(element)), context);
    if (LIVE_ROLES.test(role)) return this.liveRegion(element, role, index, context);
    if (NAMED.has(role) && !index.hiddenForRoles(element)) {
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
      else if (child.nodeType === 1 && isInline(child as Element)) text += index.text(child as Element);
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
      if (!index.text(child) || SKIPPED.has(child.nodeName)) continue;
      if (!isInline(child) || isField(child)) return false;
      if (!NAMED.has(index.role(child) ?? "")) parts += 1;
    }
    return parts > 1;
  }

  private children(element: Element, index: PageIndex, context: Context): void {
    const root = element.shadowRoot ?? element;
    for (const child of root.children) this.child(child, index, context);
    if (element.nodeName !== "SLOT") return;
    for (const child of (element as HTMLSlotElement).assignedElements()) this.child(child, index, context);
  }

  private child(child: Element, index: PageIndex, context: Context): void {
    const covered = context.covered && (isInline(child) || child.children.length === 0 || FROM_CONTENT.test(context.live ? "" : index.role(child) ?? ""));
    this.into(child, index, { ...context, covered: context.covered && (covered || context.live || context.masked) });
  }

  private intoFrame(frame: Element, context: Context): void {
    const doc = documentOf(frame as HTMLIFrameElement);
    if (!doc?.body || !visible(frame)) return;
    this.into(doc.body, this.indexes.of(doc), { ...context, covered: false });
  }

  private addItem(element: Element, role: string, text: string, context: Context, whole = false): void {
    if (!context.masked && !text && !/dialog$/.test(role)) return;
    if (!visible(element) || (!NAMED.has(role) && isForReadersOnly(element))) return;
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

  private state(element: Element, role: string, index: PageIndex): void {
    const states: Partial<Record<StateName, boolean>> = {};
    if (/^(checkbox|radio|switch|menuitemcheckbox|menuitemradio)$/.test(role)) {
      states.checked = attempt(() => getAriaChecked(element) === true, false);
    }
    // Only what the page itself says: a test can look for no other state.
    for (const state of ["expanded", "selected", "pressed"] as const) {
      const said = element.getAttribute(`aria-${state}`);
      if (said !== null) states[state] = said === "true";
    }
    if (role === "button" || isField(element)) states.disabled = isDisabled(element);
    if (Object.keys(states).length && (index.role(element) || idOf(element))) this.snapshot.states.set(element, states);
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

/** Whether the name has all the words that can be seen. */
function says(name: string, text: string): boolean {
  const [heard, seen] = [name.toLowerCase().replace(/\s/g, ""), text.toLowerCase().replace(/\s/g, "")];
  return heard.includes(seen);
}

/** Clipped to a dot: for screen readers, not for the eye. What has no box of its own at all shows by its parts. */
function isForReadersOnly(element: Element): boolean {
  const { width, height } = native.boxOf(element);
  return width <= 2 && height <= 2 && width + height > 0;
}

function nearestList(item: Element, outer: Element, index: PageIndex): Element {
  for (let up = item.parentElement; up && up !== outer; up = up.parentElement) if (LISTS[index.role(up) ?? ""]) return up;
  return outer;
}

function isInline(element: Element): boolean {
  const display = getComputedStyle(element).display;
  return display.startsWith("inline") || display === "contents" || display === "ruby";
}
