// An element as the wire wants it: what it is, what it is called, and how to find it again.
import { getAriaChecked } from "ivya/utils";
import { ancestorsOf, closest, cut, editingHost, fieldValue, idOf, isDisabled, isField, isTextField, parentOf, showsLive, speakable, tagOf, visible } from "./dom";
import * as limits from "../limits";
import type { Locators } from "./locators";
import { attempt } from "../native";
import type { Indexes, PageIndex } from "./pageindex";
import type { Privacy } from "../privacy/privacy";
import { naming } from "./reader";
import { looksGenerated, tellingClasses } from "./telling";
import type { Ancestor, Candidate, ElementShot, Locator } from "../wire";

const FORMS = "form,dialog,[role=dialog],[role=alertdialog]";
const NO_FIELD = ["hidden", "submit", "button", "reset", "image"];
const NO_TEXT = [...NO_FIELD, "checkbox", "radio", "range", "color", "file"];
const inputs = (without: string[]): string => `input${without.map((type) => `:not([type=${type}])`).join("")}`;
const NAMEABLE = `${inputs(NO_FIELD)},textarea,select,[contenteditable]`;
const WRITABLE = `${inputs(NO_TEXT)},textarea,[contenteditable]:not([contenteditable=false])`;
/** Names of fields that forms of all kinds have. */
const SAYS_NOTHING = /^_?(id|uuid|key|csrf\w*)$/i;
const LIVE = "[role=alert],[role=status],[role=log],[aria-live=polite],[aria-live=assertive],output";

export interface DescribeOptions {
  most?: number;
  /** The innermost element under the pointer. */
  inner?: Element;
  /** Without ancestors: for the many elements of an effect. */
  brief?: boolean;
}

export class Elements {
  /** The form that the user is in, and whether it held something when the user came to it. */
  private visit: { form: Element; holds: boolean } | null = null;

  constructor(
    readonly indexes: Indexes,
    readonly locators: Locators,
    private readonly privacy: Privacy,
  ) {}

  describe(element: Element, options: DescribeOptions = {}): ElementShot {
    return this.indexes.cached(() => this.shot(element, options));
  }

  /** Leaves the ways out that don't find the element any more: they named what it held, or a state that is over. */
  keepSteady(shot: ElementShot, element: Element): void {
    if (!element.isConnected) return;
    const index = this.indexes.of(element.ownerDocument);
    const steady = shot.candidates?.filter((one) => one.locator.by === "path" || index.found(one.locator, one.within)[one.index] === element);
    if (steady?.length) shot.candidates = steady;
  }

  /** Candidates for each iframe between the element's document and the top one, outermost first. */
  frames(element: Element): Candidate[][] {
    const hops: Candidate[][] = [];
    let doc: Document | null = element.ownerDocument;
    while (doc && hops.length < limits.FRAMES_MAX) {
      const frame: Element | null = attempt(() => doc?.defaultView?.frameElement ?? null, null);
      if (!frame) break;
      hops.unshift(this.frameCandidates(frame));
      doc = frame.ownerDocument;
    }
    return hops;
  }

  private shot(element: Element, options: DescribeOptions): ElementShot {
    const index = this.indexes.of(element.ownerDocument);
    const masked = this.privacy.masked(element);
    const shot: ElementShot = { tag: tagOf(element), role: index.role(element) || undefined };
    if (/^(input|button)$/.test(shot.tag)) shot.type = told(element.getAttribute("type")?.toLowerCase(), 40);
    if (masked) shot.masked = true;
    else this.addTexts(shot, element, index);
    this.addNames(shot, element);
    this.addStates(shot, element, index, options.brief === true);
    const ask = { most: options.most ?? limits.CANDIDATES_MAX, masked, inner: options.inner, brief: options.brief };
    shot.candidates = this.locators.candidates(element, index, ask);
    if (!options.brief) {
      const ancestors = this.ancestors(element, index);
      if (ancestors.length) shot.ancestors = ancestors;
      const form = closest(element, FORMS);
      if (form !== this.visit?.form) this.visit = null;
      if (form && (isField(element) || editingHost(element))) this.addForm(shot, element, form, index);
    }
    const frames = this.frames(element);
    if (frames.length) shot.frames = frames;
    return shot;
  }

  private addTexts(shot: ElementShot, element: Element, index: PageIndex): void {
    const name = shot.role ? speakable(index.name(element)) : "";
    if (name) {
      shot.name = cut(name, limits.TEXT_CHARS_MAX);
      shot.name_from = nameSource(element, name, index);
    }
    const field = isField(element);
    const text = field && !/^(submit|button)$/.test(shot.type ?? "") ? "" : speakable(index.told(element));
    if (text && !editingHost(element)) {
      shot.text = cut(text, limits.TEXT_CHARS_MAX);
      if (text.length > limits.TEXT_CHARS_MAX) shot.text_cut = true;
    }
    // The inside of a web component has the label that stands around that.
    const around = field && closest(element, "label");
    if (field) shot.label = told(speakable(index.labels(element).join(" ") || (around ? index.text(around) : "")));
    for (const key of ["placeholder", "alt", "title"] as const) shot[key] = told(element.getAttribute(key)?.trim());
    shot.href = told(element.getAttribute("href"), limits.URL_CHARS_MAX);
  }

  private addNames(shot: ElementShot, element: Element): void {
    shot.id = told(idOf(element));
    shot.name_attribute = told(naming(element, "name"));
    shot.test_id = told(this.locators.testId(element)?.value);
    shot.autocomplete = told(naming(element, "autocomplete"), 80);
    const classes = tellingClasses(element, 6);
    if (classes.length) shot.classes = classes;
  }

  private addStates(shot: ElementShot, element: Element, index: PageIndex, brief: boolean): void {
    if (shot.role === "heading") shot.level = index.level(element);
    if (isTextField(element) ? !element.readOnly : editingHost(element)) shot.editable = true;
    if (!visible(element)) shot.visible = false;
    if (isDisabled(element)) shot.disabled = true;
    if (shot.role && /^(checkbox|radio|switch|menuitemcheckbox|menuitemradio)$/.test(shot.role)) {
      shot.checked = attempt(() => getAriaChecked(element) === true, false);
    }
    if (!brief && /^(checkbox|radio)$/.test(shot.type ?? "") && isCovered(element)) shot.covered = true;
    if (inPasswordForm(element)) shot.in_password_form = true;
    if (closest(element, LIVE) || showsLive(element)) shot.live = true;
    if (element.getRootNode().nodeType === 11) shot.shadow = true;
  }

  private ancestors(element: Element, index: PageIndex): Ancestor[] {
    const found: Ancestor[] = [];
    for (const up of ancestorsOf(element)) {
      if (found.length >= limits.ANCESTORS_MAX || up.nodeName === "BODY") break;
      const one: Ancestor = { tag: tagOf(up) };
      const role = index.role(up);
      if (role && !/^(generic|none|presentation)$/.test(role)) {
        one.role = role;
        one.name = told(speakable(index.name(up)), limits.NAME_CHARS_MAX);
      }
      one.test_id = told(this.locators.testId(up)?.value);
      one.id = told(idOf(up));
      if (one.role || one.test_id || one.id) found.push(one);
    }
    return found;
  }

  /** What tells the form of a field from others, whatever is filled in: its own name, and that of its first field; and
   * whether it held something when the user came to it. */
  private addForm(shot: ElementShot, element: Element, form: Element, index: PageIndex): void {
    if (!this.visit) {
      const [text] = firstShown(form, WRITABLE, 1);
      this.visit = { form, holds: text !== undefined && fieldValue(text).trim() !== "" };
    }
    if (this.visit.holds) shot.form_holds = true;
    const own = [idOf(form), naming(form, "name")].find((name) => name && !looksGenerated(name)) ?? "";
    const fields = firstShown(form, NAMEABLE, 2);
    const names = (fields.length ? fields : [element]).map((field) => this.fieldName(field, index));
    const name = names.find((one) => one && !SAYS_NOTHING.test(one)) ?? names[0];
    shot.form = told([own, name].filter(Boolean).join(" / "), limits.NAME_CHARS_MAX);
  }

  private fieldName(field: Element, index: PageIndex): string {
    const attribute = naming(field, "name");
    return attribute && !looksGenerated(attribute) ? attribute : speakable(index.name(field));
  }

  private frameCandidates(frame: Element): Candidate[] {
    const index = this.indexes.of(frame.ownerDocument);
    const locators: Locator[] = [];
    const masked = this.privacy.masked(frame);
    for (const attribute of masked ? ["name"] : ["name", "title", "src"]) {
      const value = naming(frame, attribute);
      if (value && value.length < limits.TEXT_CHARS_MAX) locators.push({ by: "attribute", tag: tagOf(frame), attribute, value });
    }
    const measured = locators.map((locator) => index.measure(locator, frame)).filter((one) => one !== null);
    return [...measured, ...this.locators.candidates(frame, index, { most: 8, masked })].slice(0, 10);
  }
}

/** A text so long; nothing of one that says nothing. */
const told = (text: string | null | undefined, chars = limits.TEXT_CHARS_MAX): string | undefined => (text ? cut(text, chars) : undefined);

/** The first fields of a form that are in sight, which a trap for robots is not; of a form out of sight its first ones. */
function firstShown(form: Element, selector: string, most: number): Element[] {
  const all = [...form.querySelectorAll(selector)];
  const shown: Element[] = [];
  for (const field of all) {
    if (visible(field)) shown.push(field);
    if (shown.length === most) break;
  }
  return shown.length ? shown : all.slice(0, most);
}

function nameSource(element: Element, name: string, index: PageIndex): string {
  if (element.hasAttribute("aria-label") || element.hasAttribute("aria-labelledby")) return "aria";
  const same = (text: string | null): boolean => text !== null && speakable(text) === name;
  if (isField(element) && index.labels(element).length) return "label";
  if (same(element.getAttribute("alt"))) return "alt";
  if (/^(INPUT)$/.test(element.nodeName) && same((element as HTMLInputElement).value)) return "value";
  if (same(element.getAttribute("placeholder"))) return "placeholder";
  if (same(index.text(element))) return "content";
  if (same(element.getAttribute("title"))) return "title";
  return /^(TABLE|FIELDSET|FIGURE)$/.test(element.nodeName) ? "caption" : "content";
}

/** Whether the element sits in a form, or where there is none a near container, with a password field. */
export function inPasswordForm(element: Element): boolean {
  const form = closest(element, "form");
  if (form) return form.querySelector("input[type=password]") !== null;
  let up: Element | null = isField(element) ? parentOf(element) : null;
  for (let depth = 0; up && depth < 5 && up.nodeName !== "BODY"; depth++, up = parentOf(up)) {
    if (up.querySelector("input[type=password]")) return true;
  }
  return false;
}

/** Whether a click on its middle would meet something else: a box that is hidden behind a drawing of it. */
function isCovered(element: Element): boolean {
  const { left, top, width, height } = element.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  if (!width || !height || x + scrollX < 0 || y + scrollY < 0) return true;
  const hit = (element.getRootNode() as Document | ShadowRoot).elementFromPoint?.(x, y) ?? null;
  return hit !== null && !element.contains(hit);
}
