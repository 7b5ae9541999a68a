// The ways to find an element again, each with its count in the live page. Which one is best is the test writer's choice.
import type { Config } from "../config";
import { ancestorsOf, closest, editingHost, idOf, isField, isTextField, parentOf, speakable, tagOf, visible } from "./dom";
import { NAME_CHARS_MAX, PATH_STEPS_MAX } from "../limits";
import type { PageIndex } from "./pageindex";
import { HOLE, isHidden, naming, plainPart, wordsOf } from "./reader";
import { INTERACTIVE } from "../actions/retarget";
import { cutAtWord, looksGenerated, says, tellingClasses, withoutNumbers } from "./telling";
import type { Candidate, Locator, PathStep, Scope } from "../wire";

const SCOPE_ROLES = new Set(
  ("row listitem article region dialog alertdialog form navigation main tabpanel group banner contentinfo complementary " +
    "search menu menubar toolbar table grid list listbox tree treeitem radiogroup tablist option cell gridcell figure").split(" "),
);
const LANDMARKS = /^(main|dialog|navigation|search)$/;
const UNNAMED_SCOPES = /^(row|listitem|article|option|treeitem|form)$/;
const NAMELESS = /^(generic|none|presentation)$/;
/** Roles of which a page has very many, all named by their texts: found by the text itself. */
const OF_TEXTS = /^(row|cell|gridcell|listitem|columnheader|rowheader)$/;
const HAS_TEXT_CHARS_MAX = 60;
const SCOPE_STEPS_MAX = 25;
const SCOPES_MAX = 8;

export interface Ask {
  /** How many candidates at most. */
  most: number;
  /** The innermost element under the pointer, whose text finds the element as well. */
  inner?: Element;
  /** For one of many elements: the first ways that find it alone are enough. */
  brief?: boolean;
  /** No texts: structure only. */
  masked?: boolean;
}

export class Locators {
  constructor(private readonly config: Config) {}

  /** The element's candidates, the more meaningful ones first. */
  candidates(element: Element, index: PageIndex, ask: Ask): Candidate[] {
    const found: Candidate[] = [];
    const add = (candidate: Candidate | null): void => {
      if (!candidate || found.length >= ask.most) return;
      const text = JSON.stringify([candidate.locator, candidate.within]);
      if (text.includes(HOLE)) return;
      if (!found.some((one) => JSON.stringify([one.locator, one.within]) === text)) found.push(candidate);
    };
    const plain = this.meaningful(element, index, ask);
    for (const locator of plain) add(index.measure(locator, element) ?? (ask.inner ? this.byPart(locator, element, index) : null));
    if (ask.inner) this.byInner(ask.inner, element, index).forEach(add);
    const structure = this.structural(element, index, ask.masked ?? false);
    const measured = structure.map((locator) => index.measure(locator, element)).filter((one) => one !== null);
    const unique = found.some((one) => one.count === 1);
    if (!unique || !ask.brief) {
      const bases = [...found.filter((one) => one.count > 1 && !one.within), ...measured.filter((one) => one.count > 1)];
      this.scoped(element, bases.slice(0, unique ? 2 : 4), index, ask, unique ? 2 : 8).forEach(add);
    }
    const room = measured.slice(0, Math.max(3, ask.most - found.length));
    const all = [...found.slice(0, ask.most - Math.min(room.length, 4)), ...room.slice(0, 4)];
    if (ask.brief && all.some((one) => one.count === 1)) return all;
    return [...all, this.path(element, index)];
  }

  /** Test ids of the element, by the first attribute that it has. */
  testId(element: Element): { attribute: string; value: string } | null {
    for (const attribute of this.config.testIdAttributes) {
      const value = naming(element, attribute);
      if (value) return { attribute, value };
    }
    return null;
  }

  private meaningful(element: Element, index: PageIndex, ask: Ask): Locator[] {
    const locators: Locator[] = [];
    const testId = this.testId(element);
    if (testId) locators.push({ by: "test_id", ...testId });
    if (ask.masked) return locators;
    const role = index.role(element);
    const told = role && !NAMELESS.test(role) && !(ask.brief && OF_TEXTS.test(role));
    if (told) {
      locators.push(...this.byRole(role, element, index));
    }
    if (isField(element) || element.hasAttribute("aria-label")) {
      const name = speakable(index.name(element));
      const labels = index.labels(element);
      const short = labels.length && labels.some((label) => label !== name && label.includes(name)) ? [name] : [];
      for (const label of [...short, ...labels]) locators.push(...withExact("label", plainPart(speakable(label)), element, index));
    }
    for (const by of ["placeholder", "alt", "title"] as const) {
      const value = element.getAttribute(by)?.trim();
      if (value) locators.push(...withExact(by, value, element, index));
    }
    const shows = !isField(element) && !editingHost(element) && !choicesIn(element);
    if (shows || /^(submit|button)$/.test(element.getAttribute("type") ?? "")) {
      locators.push(...this.byText(element, index));
    }
    return locators;
  }

  private byRole(role: string, element: Element, index: PageIndex): Locator[] {
    const whole = index.name(element);
    const name = plainPart(speakable(whole));
    if (!name) return [];
    const locators: Locator[] = [];
    if (name.length <= NAME_CHARS_MAX) {
      const loose: Locator = { by: "role", role, name };
      locators.push(loose);
      if (name === whole && index.found(loose).length > 1) locators.push({ by: "role", role, name, exact: true });
    } else {
      locators.push({ by: "role", role, name: cutAtWord(name, NAME_CHARS_MAX) });
      locators.push({ by: "role", role, name: cutAtWord(name, 30) });
    }
    const bare = withoutNumbers(name);
    if (bare && bare.length <= NAME_CHARS_MAX) locators.push({ by: "role", role, name: bare });
    return locators;
  }

  private byText(element: Element, index: PageIndex): Locator[] {
    const whole = index.told(element);
    const text = plainPart(speakable(whole));
    if (!text || text !== whole) return text ? [{ by: "text", value: cutAtWord(text, NAME_CHARS_MAX) }] : [];
    if (text.length <= NAME_CHARS_MAX) {
      const bare = withoutNumbers(text);
      return [...withExact("text", text, element, index), ...(bare ? [{ by: "text" as const, value: bare }] : [])];
    }
    return [
      { by: "text", value: cutAtWord(text, NAME_CHARS_MAX) },
      { by: "text", value: cutAtWord(text, 30) },
    ];
  }

  /** A click on a part of the element is a click on the element: the part's own text, or the role named by it. */
  private byInner(inner: Element, element: Element, index: PageIndex): Candidate[] {
    const text = plainPart(speakable(index.text(inner)));
    if (inner === element || !text || text.length > NAME_CHARS_MAX) return [];
    const role = index.role(element);
    const named = role ? index.measure({ by: "role", role, name: text }, element) : null;
    const parts = withExact("text", text, inner, index).map((locator) => index.measure(locator, inner));
    return [named, ...parts].filter((one) => one !== null);
  }

  /** Where the words of the element are those of one part of it that does nothing by itself: that part's text. */
  private byPart(locator: Locator, element: Element, index: PageIndex): Candidate | null {
    if (locator.by !== "text") return null;
    const found = index.found(locator);
    const [part, another] = found.filter((one) => element.contains(one));
    if (!part || another || !visible(part) || index.text(part) !== index.text(element)) return null;
    // Playwright would wait for ever for a part that lets the pointer through.
    if (getComputedStyle(part).pointerEvents === "none") return null;
    const used = closest(part, INTERACTIVE);
    return used && used !== element && element.contains(used) ? null : { locator, count: found.length, index: found.indexOf(part) };
  }

  private structural(element: Element, index: PageIndex, masked: boolean): Locator[] {
    const tag = tagOf(element);
    const locators: Locator[] = [];
    if (idOf(element) && !looksGenerated(idOf(element))) locators.push({ by: "id", value: idOf(element) });
    for (const attribute of masked ? ["name"] : ["name", "data-value", "data-id", "aria-controls", "data-name"]) {
      const value = naming(element, attribute);
      if (value && value.length <= 80 && !looksGenerated(value)) locators.push({ by: "attribute", tag, attribute, value });
    }
    const href = !masked && (tag === "a" || tag === "area") ? element.getAttribute("href") : null;
    if (href && href.length <= 200 && href !== "#" && !/^javascript:/i.test(href)) {
      locators.push({ by: "attribute", tag, attribute: "href", value: href });
    }
    const type = tag === "input" ? element.getAttribute("type") : null;
    if (type) locators.push({ by: "attribute", tag, attribute: "type", value: type });
    const role = index.role(element);
    if (role && !NAMELESS.test(role)) locators.push({ by: "role", role });
    const classes = tellingClasses(element, 3);
    if (classes.length) locators.push({ by: "tag", tag, classes });
    if (isTextField(element) || isField(element) || /^(iframe|canvas|svg|video|audio)$/.test(tag)) locators.push({ by: "tag", tag });
    return locators;
  }

  /** Candidates that are not unique by themselves, looked for inside a telling ancestor. */
  private scoped(element: Element, bases: Candidate[], index: PageIndex, ask: Ask, most: number): Candidate[] {
    if (!bases.length) return [];
    const scopes = this.scopes(element, index, ask);
    const found: Candidate[] = [];
    for (const base of bases) {
      let kept = 0;
      for (const scope of scopes) {
        const candidate = index.measure(base.locator, element, [scope]);
        if (!candidate || candidate.count >= base.count) continue;
        found.push(candidate);
        kept += 1;
        if (candidate.count === 1 && scope.count === 1 && kept >= 2) break;
        if (kept >= 3) break;
      }
    }
    return found.sort((a, b) => Number(a.count !== 1) - Number(b.count !== 1)).slice(0, most);
  }

  /** Ancestors that a person would name, nearest first: those that are the only ones of their kind, or else any. */
  private scopes(element: Element, index: PageIndex, ask: Ask): Scope[] {
    const alone: Scope[] = [];
    const others: Scope[] = [];
    let steps = 0;
    for (const up of ancestorsOf(element)) {
      if (++steps > SCOPE_STEPS_MAX || alone.length >= SCOPES_MAX || up.nodeName === "BODY") break;
      for (const scope of this.scopeOf(up, element, index, ask)) (scope.count === 1 ? alone : others).push(scope);
    }
    return alone.length ? alone : others.slice(0, SCOPES_MAX);
  }

  private scopeOf(up: Element, element: Element, index: PageIndex, ask: Ask): Scope[] {
    const scopes: Scope[] = [];
    const counted = (locator: Locator, hasText?: string): void => {
      const draft: Scope = hasText === undefined ? { locator, count: 0 } : { locator, has_text: hasText, count: 0 };
      const all = index.matchesScope(draft);
      if (all.includes(up)) scopes.push({ ...draft, count: all.length });
    };
    /** The first scope: by itself, and where it is one of several, by what stands in it. */
    const countedByTexts = (locator: Locator): void => {
      counted(locator);
      if (ask.masked || !scopes[0] || scopes[0].count <= 1) return;
      for (const text of tellingTexts(up, element, index).slice(0, 3)) counted(locator, text);
    };
    const testId = this.testId(up);
    if (testId) countedByTexts({ by: "test_id", ...testId });
    const role = index.role(up);
    if (role && SCOPE_ROLES.has(role)) {
      const name = ask.masked || role === "row" || role === "cell" ? "" : plainPart(speakable(index.name(up)));
      if (name && name.length <= NAME_CHARS_MAX) counted({ by: "role", role, name });
      if (LANDMARKS.test(role)) counted({ by: "role", role });
      if (!ask.masked && UNNAMED_SCOPES.test(role)) {
        for (const text of tellingTexts(up, element, index)) {
          counted({ by: "role", role }, text);
          if (scopes.some((one) => one.has_text === text && one.count === 1)) break;
        }
      }
    }
    if (idOf(up) && !looksGenerated(idOf(up))) counted({ by: "id", value: idOf(up) });
    else if (!scopes.length) {
      const tag = tagOf(up);
      // A web component is named by its tag.
      const classes = tag.includes("-") ? [] : tellingClasses(up, 2);
      if (classes.length) countedByTexts({ by: "tag", tag, classes });
      else if (tag.includes("-")) countedByTexts({ by: "tag", tag });
    }
    return scopes;
  }

  /** The way down from the body, or from the nearest ancestor with an id of its own. */
  private path(element: Element, index: PageIndex): Candidate {
    const steps: PathStep[] = [];
    for (let at: Element | null = element; at && at.nodeName !== "HTML" && steps.length < PATH_STEPS_MAX; at = parentOf(at)) {
      if (at !== element && idOf(at) && !looksGenerated(idOf(at))) {
        const scope: Scope = { locator: { by: "id", value: idOf(at) }, count: index.found({ by: "id", value: idOf(at) }).length };
        if (scope.count === 1) return { locator: { by: "path", steps }, within: [scope], count: 1, index: 0 };
      }
      steps.unshift({ tag: tagOf(at), nth_of_type: placeAmongLike(at) });
    }
    return { locator: { by: "path", steps }, count: 1, index: 0 };
  }
}

function placeAmongLike(element: Element): number {
  let place = 1;
  for (let before = element.previousElementSibling; before; before = before.previousElementSibling) {
    if (before.localName === element.localName) place += 1;
  }
  return place;
}

/** The locator, and its exact form where that finds fewer. */
function withExact(by: "label" | "placeholder" | "alt" | "text" | "title", value: string, element: Element, index: PageIndex): Locator[] {
  if (!value || value.length > NAME_CHARS_MAX) return [];
  const loose: Locator = { by, value };
  const exact: Locator = { by, value, exact: true };
  const found = index.found(loose);
  if (found.length === 1 && found[0] === element) return [loose];
  const fewer = index.found(exact);
  return fewer.length < found.length && fewer.includes(element) ? [loose, exact] : [loose];
}

/** The first list in the element, all the choices of which are in its text: nobody sees those until it opens, and of an
 * open one each letter that is typed leaves others. */
const choicesIn = (element: Element): Element | null => element.querySelector("select,[role=listbox]");

/** Short texts inside `up`, most telling first: those that `element` itself doesn't show, then its own. */
function tellingTexts(up: Element, element: Element, index: PageIndex): string[] {
  const own = element.nodeName === "SELECT" ? "" : plainPart(index.text(element));
  const texts: { text: string; weight: number }[] = [];
  const look = (node: Element, depth: number): void => {
    if (texts.length > 12 || depth > 8) return;
    for (const child of [...node.children, ...(node.shadowRoot?.children ?? [])]) {
      if (child === element || child.matches("select,[role=listbox]") || !visible(child)) continue;
      const all = plainPart(speakable(index.text(child)));
      if (!all) continue;
      // What one doesn't see, as a caption for narrow screens, is in the text of its cell as well.
      const seen = says((child as HTMLElement).innerText ?? all, all);
      const text = seen ? all : ownText(child);
      const leaf = text.length <= HAS_TEXT_CHARS_MAX && !choicesIn(child);
      if (leaf && text !== own && text.length > 1 && /[\p{L}\d]/u.test(text)) {
        const heading = index.role(child) === "heading" || /^(A|B|STRONG|H\d|TH|LABEL)$/.test(child.nodeName);
        texts.push({ text, weight: (heading ? 0 : 2) + (/\d/.test(text) ? 3 : 0) + (text.length > 40 ? 1 : 0) });
      }
      if (!leaf || !seen || child.children.length > 1 || child.shadowRoot) look(child, depth + 1);
    }
  };
  look(up, 0);
  const direct = ownText(up);
  if (direct.length > 1 && direct.length <= HAS_TEXT_CHARS_MAX) texts.push({ text: direct, weight: 1 });
  texts.sort((a, b) => a.weight - b.weight);
  const others = [...new Set(texts.map((one) => one.text))].slice(0, 4);
  return own && own.length <= HAS_TEXT_CHARS_MAX && own === speakable(own) ? [...others, own] : others;
}

/** The words of the element without those of its children. */
function ownText(element: Element): string {
  return isHidden(element) ? "" : speakable([...element.childNodes].map((node) => (node.nodeType === 3 ? wordsOf(node) : "")).join(""));
}
