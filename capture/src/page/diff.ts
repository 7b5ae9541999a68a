// Two looks at a page, compared: what came, what went, what became another, the more meaningful first.
import { cut, visible } from "./dom";
import type { Elements } from "./elements";
import * as limits from "../limits";
import { hash64 } from "../hash";
import { native } from "../native";
import { NAMED, type FieldState, type Item, type ListState, type Snapshot, type StateName } from "./snapshot";
import type { Candidate, Change, ElementShot, Locator } from "../wire";

/** The page before: as it was seen in this document, or what was kept of it from the document before. */
export type Digest =
  | { kind: "live"; snapshot: Snapshot }
  | { kind: "kept"; keys: Map<string, number>; lists: Map<string, number>; fields: Map<string, string> };

export interface Saved {
  keys: [string, number][];
  lists: [string, number][];
  /** What fields held, by their names: a digest that says whether it is the same, and not what it is. */
  fields: [string, string][];
}

export interface Circumstances {
  elements: Elements;
  /** Fields that the user changed. */
  own: Set<Element>;
  /** What the user typed or clicked lately, in lower case. */
  words: string[];
}

const PROGRESS_CHARS_MAX = 25;

interface Ranked {
  rank: number;
  order: number;
  make: () => Change | null | false;
}

export function saveDigest(digest: Digest): Saved {
  const keys = digest.kind === "live" ? digest.snapshot.keys : digest.keys;
  const lists = digest.kind === "live" ? signedLists(digest.snapshot) : digest.lists;
  const fields = digest.kind === "live" ? signedFields(digest.snapshot) : digest.fields;
  return { keys: [...keys].slice(0, limits.DIGEST_KEYS_MAX), lists: [...lists].slice(0, 50), fields: [...fields].slice(0, limits.DIGEST_FIELDS_MAX) };
}

export function restoreDigest(saved?: Saved): Digest {
  return { kind: "kept", keys: new Map(saved?.keys ?? []), lists: new Map(saved?.lists ?? []), fields: new Map(saved?.fields ?? []) };
}

export class Comparison {
  readonly changes: Change[] = [];
  private readonly ranked: Ranked[] = [];
  private readonly baseKeys: Map<string, number>;
  /** Elements that show now what another one showed before: a list drawn anew from the top. */
  private readonly reused = new Set<Element>();

  constructor(
    private readonly base: Digest,
    private readonly now: Snapshot,
    private readonly circumstances: Circumstances,
  ) {
    this.baseKeys = base.kind === "live" ? base.snapshot.keys : base.keys;
    this.items();
    if (this.base.kind === "live") this.gone(this.base.snapshot);
    this.goneKeys();
    this.fields();
    this.states();
    this.lists();
    this.ranked.sort((a, b) => b.rank - a.rank || b.order - a.order);
  }

  /** Describes what changed, for so long; true once all that is told is described. */
  run(mostMs: number): boolean {
    const startMs = native.now();
    while (this.ranked.length && this.changes.length < limits.CHANGES_MAX) {
      if (native.now() - startMs > mostMs) return false;
      const change = this.ranked.pop()!.make();
      if (change) this.changes.push(change);
    }
    return true;
  }

  /** The same element's item before, if it was there. */
  private before(item: Item): Item | undefined {
    if (this.base.kind !== "live") return undefined;
    const { byElement, wordsOf } = this.base.snapshot;
    // Words alone, where it was a control: only its role is another.
    return item.words ? (wordsOf.get(item.el) ?? byElement.get(item.el)) : (byElement.get(item.el) ?? wordsOf.get(item.el));
  }

  private items(): void {
    const used = new Map<string, number>();
    const fresh: Item[] = [];
    for (const item of this.now.items) {
      const before = this.before(item);
      if (before && before.key === item.key) {
        used.set(item.key, (used.get(item.key) ?? 0) + 1);
        continue;
      }
      fresh.push(item);
    }
    for (const item of fresh) {
      const had = (this.baseKeys.get(item.key) ?? 0) - (used.get(item.key) ?? 0);
      if (had > 0) {
        used.set(item.key, (used.get(item.key) ?? 0) + 1);
        this.reused.add(item.el);
        continue;
      }
      const before = this.before(item);
      if (before && before.text === item.text && !before.live && !item.live && !item.whole) continue; // only its role is another
      if (before && before.text && !item.whole && before.role === item.role) this.textChanged(item, before);
      else if (before && item.whole) this.rankAt(this.rank(item) + 2, () => this.appeared(item));
      else this.rankAt(this.rank(item), () => this.appeared(item));
    }
  }

  private textChanged(item: Item, before: Item): void {
    this.rankAt(Math.min(this.rank(item), 4), () => ({
      change: "text",
      element: item.words ? asText(this.describe(item.el), item.text) : this.describe(item.el),
      before: before.text,
      after: item.text,
    }));
  }

  private appeared(item: Item): Change {
    const element = this.describe(item.el);
    if (item.words) return { change: "appeared", element: asText(element, item.text) };
    if (!item.masked && !element.name && element.text !== item.text && !item.whole) element.text = item.text;
    return isProgress(item) ? { change: "appeared", element, transient: true } : { change: "appeared", element };
  }

  /** Items of this document that are seen no more. */
  private gone(before: Snapshot): void {
    let most = 12;
    for (const item of before.items) {
      if (item.whole || item.words || item.masked || !item.text) continue;
      if (this.now.byElement.get(item.el) ? !this.reused.has(item.el) : this.hiddenForReaders(item.el)) continue;
      if (this.now.keys.has(item.key)) continue;
      // Counted as they are described, hence by what they say and not by where they stood.
      this.rankAt(this.rank(item) + 3.5, () => most-- > 0 && { change: "gone", element: this.goneShot(item.role, item.text, item.live, item.el.ownerDocument) });
    }
  }

  /** Still to be seen, though not to be heard: what lies around an open list or dialog is kept from screen readers. */
  private hiddenForReaders(element: Element): boolean {
    const { indexes } = this.circumstances.elements;
    return element.isConnected && visible(element) && indexes.of(element.ownerDocument).hiddenForRoles(element);
  }

  /** Items of the document before. Where the new one has little in common with it, only the telling ones. */
  private goneKeys(): void {
    if (this.base.kind === "live") return;
    const gone = [...this.base.keys.keys()].filter((key) => !this.now.keys.has(key) && !/^[=~]/.test(key));
    let most = 10;
    for (const key of gone) {
      const cut = key.indexOf("|");
      const [role, text] = [key.slice(0, cut), key.slice(cut + 1)];
      const telling = /^(alert|status|dialog|heading|button)$/.test(role);
      if (text.length < 3 || !(gone.length <= 30 || telling) || most-- < 1) continue;
      const mine = this.circumstances.words.some((word) => text.toLowerCase().includes(word));
      this.rankAt(mine || role === "alert" ? 7 : 9, () => ({ change: "gone", element: this.goneShot(role, text, false, document) }));
    }
  }

  private fields(): void {
    const before = this.base.kind === "live" ? this.base.snapshot.fields : new Map<Element, FieldState>();
    const kept = this.base.kind === "kept" ? this.base.fields : null;
    for (const [element, { value, secret, sign }] of this.now.fields) {
      const was = before.get(element)?.value ?? "";
      if (secret || value === was || (sign ? this.circumstances.own.has(element) || kept?.get(sign) === digestOf(value) : !before.has(element))) continue;
      const rank = before.has(element) ? 3 : 6;
      const [lost, made] = sign ? [was, value] : [linesBeside(was, value), linesBeside(value, was)];
      this.rankAt(rank, () => ({ change: "value", element: this.describe(element), before: lost, after: made }));
    }
  }

  private states(): void {
    if (this.base.kind !== "live") return;
    for (const [element, states] of this.now.states) {
      const before = this.base.snapshot.states.get(element);
      if (!before) continue;
      for (const state of Object.keys(states) as StateName[]) {
        const after = states[state];
        if (after === undefined || before[state] === undefined || before[state] === after) continue;
        if (this.circumstances.own.has(element) && state === "checked") continue;
        this.rankAt(4, () => ({ change: "state", element: this.describe(element), state, after }));
      }
    }
  }

  private lists(): void {
    const live = this.base.kind === "live" ? this.base.snapshot.lists : null;
    const signed = this.base.kind === "kept" ? this.base.lists : null;
    for (const [element, list] of this.now.lists) {
      const before = live ? live.get(element)?.count : signed?.get(list.sign);
      if (before === list.count && live) this.order(element, live.get(element)!, list);
      if (before === undefined || before === list.count || Math.max(before, list.count) > limits.LIST_ITEMS_MAX) continue;
      this.rankAt(5, () => this.counted(element, list, before));
    }
  }

  /** The same items in another order: what sorting is for. */
  private order(element: Element, before: ListState, now: ListState): void {
    const moved = now.count <= limits.ORDERED_ITEMS_MAX && now.items.some((item, place) => before.items[place] !== item);
    if (!moved || !now.items.every((item) => before.items.includes(item))) return;
    this.rankAt(4, () => {
      const change = this.counted(element, now, before.count);
      const index = this.circumstances.elements.indexes.of(element.ownerDocument);
      if (change?.change !== "count" || change.element.masked || change.items.count !== now.count) return null;
      return { ...change, texts: now.items.map((item) => cut(index.text(item), limits.TEXT_CHARS_MAX)) };
    });
  }

  private counted(element: Element, list: ListState, before: number): Change | null {
    const shot = this.describe(element);
    const own = shot.candidates?.find((one) => one.count === 1 && !/path|text/.test(one.locator.by) && !one.within);
    const locator = { by: "role" as const, role: list.itemRole };
    const items: Candidate = own
      ? { locator, within: [{ locator: own.locator, count: 1 }], count: list.count, index: 0 }
      : { locator, count: 0, index: 0 };
    const index = this.circumstances.elements.indexes.of(element.ownerDocument);
    const measured = index.found(items.locator, items.within).length;
    if (!own && measured !== list.count) return null;
    return { change: "count", element: shot, items: { ...items, count: measured }, before, after: list.count };
  }

  /** Less is more telling. */
  private rank(item: Item): number {
    if (item.live) return 0;
    if (/dialog$/.test(item.role)) return 1;
    const text = item.text.toLowerCase();
    const mine = this.circumstances.words.some((word) => text.includes(word));
    const aside = item.zone === 2 ? 4 : 0;
    if (item.whole) return (mine ? 3.6 : 6.5) + aside;
    if (item.role === "heading") return 2 + aside;
    if (mine && item.role !== "img") return 3 + aside / 2;
    if (/^(link|button|tab|menuitem|option|treeitem)$/.test(item.role)) return 6 + aside;
    if (/^(img|textbox|searchbox|combobox|spinbutton|slider|checkbox|radio|switch|listbox)$/.test(item.role)) return 5.5 + aside;
    return 5 + aside;
  }

  /** What can be said of an element that is no longer there. Where several others are found in its way, that is told. */
  private goneShot(role: string, text: string, live: boolean, doc: Document): ElementShot {
    const byName = NAMED.has(role) || /dialog$/.test(role);
    const shot: ElementShot = { tag: "div", text, candidates: [], role: role || undefined, live: live || undefined, name: byName ? text : undefined };
    if (!byName && text.length > limits.NAME_CHARS_MAX) return shot;
    const locator: Locator = byName ? { by: "role", role, name: text, exact: true } : { by: "text", value: text, exact: true };
    const others = this.circumstances.elements.indexes.of(doc).found(locator);
    // What another one still says isn't gone.
    if (!others.some(visible)) shot.candidates!.push({ locator, count: others.length > Number(!byName) ? others.length + 1 : 0, index: 0 });
    return shot;
  }

  private rankAt(rank: number, make: () => Change | null | false): void {
    this.ranked.push({ rank, order: this.ranked.length, make });
  }

  private describe(element: Element): ElementShot {
    return this.circumstances.elements.describe(element, { most: limits.CHANGE_CANDIDATES_MAX, brief: true });
  }
}

/** "Saving…": on its way to something else, also where it hasn't got there yet. */
function isProgress(item: Item): boolean {
  const control = /^(link|button|tab|menuitem|option|heading)$/.test(item.role);
  return !control && item.text.length <= PROGRESS_CHARS_MAX && /(\u2026|\.\.\.)$/.test(item.text);
}

/** The lines of one text that are not in the other. */
function linesBeside(text: string, other: string): string {
  const known = other.split("\n");
  return cut(text.split("\n").filter((line) => !known.includes(line)).join("\n"), limits.EDITED_CHARS_MAX);
}

/** The element as the words that it shows: found by them, not by a name that nobody sees. */
function asText(element: ElementShot, text: string): ElementShot {
  const candidates = element.candidates?.filter(({ locator }) => locator.by !== "role" || locator.name === undefined);
  return { ...element, name: undefined, name_from: undefined, text, candidates };
}

/** The first field of each name, with a digest of its value. */
function signedFields(snapshot: Snapshot): Map<string, string> {
  const signed = new Map<string, string>();
  for (const { sign, value, secret } of snapshot.fields.values()) {
    if (!secret && value && !signed.has(sign)) signed.set(sign, digestOf(value));
  }
  return signed;
}

/** Tells whether two values are the same without keeping them. */
const digestOf = (value: string): string => hash64(value, 3);

function signedLists(snapshot: Snapshot): Map<string, number> {
  const signed = new Map<string, number>();
  for (const { sign, count } of snapshot.lists.values()) if (sign) signed.set(sign, count);
  return signed;
}
