// Walking and asking the DOM, open shadow roots included.
import { isElementVisible, normalizeWhiteSpace } from "ivya/utils";
import { ELEMENTS_MAX } from "../limits";
import { attempt, native } from "../native";
import { naming } from "./reader";

export const SKIPPED = /^(META|LINK|TITLE|STYLE|SCRIPT|NOSCRIPT|TEMPLATE|HEAD)$/;

export function parentOf(node: Node): Element | null {
  if (node.parentElement) return node.parentElement;
  const parent = node.parentNode as ShadowRoot | null;
  return parent && parent.nodeType === 11 ? (parent.host ?? null) : null;
}

export function* ancestorsOf(element: Element): Generator<Element> {
  for (let up = parentOf(element); up; up = parentOf(up)) yield up;
}

export function closest(element: Element, css: string): Element | null {
  for (let root: Element | null = element; root; ) {
    const found: Element | null = root.closest(css);
    if (found) return found;
    const top: Node = root.getRootNode();
    root = top.nodeType === 11 ? (top as ShadowRoot).host : null;
  }
  return null;
}

export function containsDeep(outer: Element, inner: Element): boolean {
  for (let up: Element | null = inner; up; up = parentOf(up)) if (up === outer) return true;
  return false;
}

/** All elements under `root` in document order, a host before what its shadow root holds; at most ELEMENTS_MAX. */
export function elementsUnder(root: Document | ShadowRoot | Element, into: Element[] = []): Element[] {
  for (const element of root.querySelectorAll("*")) {
    if (into.length >= ELEMENTS_MAX) break;
    into.push(element);
    if (element.shadowRoot) elementsUnder(element.shadowRoot, into);
  }
  return into;
}

/** The id attribute; `element.id` of a form may be a field of that name. */
export const idOf = (element: Element): string => naming(element, "id");

export const tagOf = (element: Element): string => element.localName.toLowerCase();

export const squash = (text: string | null | undefined): string => normalizeWhiteSpace(text ?? "");

/** The text without characters that say nothing outside their font (icon fonts) and without invisible ones. */
export const speakable = (text: string): string => squash(text.replace(/[\uE000-\uF8FF\u{F0000}-\u{10FFFD}]/gu, " "));

export const cut = (text: string, chars: number): string => (text.length > chars ? text.slice(0, chars) : text);

/** Visible as Playwright sees it, which asks the element itself, not what the page's script put in its place. */
export function visible(element: Element): boolean {
  if (!attempt(() => isElementVisible(element), false)) return false;
  if (element.getBoundingClientRect === Element.prototype.getBoundingClientRect) return true;
  const { width, height } = native.boxOf(element);
  return (width > 0 && height > 0) || getComputedStyle(element).display === "contents";
}

export function framesOf(doc: Document | ShadowRoot): HTMLIFrameElement[] {
  const found: HTMLIFrameElement[] = [];
  for (const frame of doc.querySelectorAll("iframe,frame")) {
    if (documentOf(frame as HTMLIFrameElement)) found.push(frame as HTMLIFrameElement);
  }
  return found;
}

export function documentOf(frame: HTMLIFrameElement): Document | null {
  return attempt(() => (frame.contentDocument?.documentElement ? frame.contentDocument : null), null);
}

export const isField = (element: Element): element is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
  /^(INPUT|TEXTAREA|SELECT)$/.test(element.nodeName);

/** The selector, and one for each of the roles. */
export const withRoles = (css: string, roles: string): string => css + roles.replace(/\w+/g, ",[role=$&]");

const PRESSED = withRoles("button,a,summary", "button link checkbox radio tab menuitem menuitemcheckbox menuitemradio option switch treeitem slider");

/** Whether keys work the element and write nothing into it: what it is called is no name of a secret, and Space presses it. */
export const isPressed = (element: Element): boolean => element.matches(PRESSED);

const NOT_TYPED = /^(submit|button|reset|image|file|hidden|checkbox|radio)$/;

/** Types of inputs for which the browser has a picker of its own. */
export const PICKED = /^(date|datetime-local|month|week|time|color|range|file)$/;

/** A field with a text value: what a fill goes to. */
export function isTextField(element: Element): element is HTMLInputElement | HTMLTextAreaElement {
  if (element.nodeName === "TEXTAREA") return true;
  return element.nodeName === "INPUT" && !NOT_TYPED.test((element as HTMLInputElement).type);
}

/** The outermost element of an editable region, or null outside one; a field within one takes what is typed itself. */
export function editingHost(element: Element): HTMLElement | null {
  if (!(element as HTMLElement).isContentEditable || isField(element)) return null;
  let host = element as HTMLElement;
  for (const up of ancestorsOf(element)) {
    if (!(up as HTMLElement).isContentEditable) break;
    host = up as HTMLElement;
  }
  return host.nodeName === "BODY" || host.nodeName === "HTML" ? host.ownerDocument.body : host;
}

export function fieldValue(element: Element): string {
  if (isField(element)) return element.value;
  return ((element as HTMLElement).innerText ?? "").replace(/\u00A0/g, " ").replace(/\n$/, "");
}

/** Whether what stands in a web component shows inside a live region of its shadow root. */
export const showsLive = (element: Element): boolean => !!element.shadowRoot?.querySelector("[role=alert] slot,[role=status] slot");

export function isDisabled(element: Element): boolean {
  return attempt(() => element.matches(":disabled"), false) || element.getAttribute("aria-disabled") === "true";
}

/** The labels of the controls of each tree, until it changes: to answer for one control, the browser walks the whole tree. */
let labels = new WeakMap<Node, Map<Element, Element[]>>();

/** The page changed. */
export const forgetLabels = (): void => void (labels = new WeakMap());

/** The labels of a control, in the order of the tree. */
export function labelsOf(control: Element): Element[] {
  const root = control.getRootNode() as Document;
  let all = labels.get(root);
  if (!all) {
    labels.set(root, (all = new Map()));
    for (const label of root.querySelectorAll("label")) if (label.control) all.set(label.control, [...(all.get(label.control) ?? []), label]);
  }
  return all.get(control) ?? [];
}

/** Whether a click on `raw` is one on a label of `control`. */
export function labelled(raw: Element, control: Element): boolean {
  const label = closest(raw, "label") as HTMLLabelElement | null;
  return label !== null && label.control === control;
}
