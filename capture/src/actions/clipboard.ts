// What the user copied from the page: where it stood, so that a test can read there what differs at each visit.
import { closest, editingHost, isField, squash, visible } from "../page/dom";
import { CHANGE_CANDIDATES_MAX } from "../limits";
import type { Recorder } from "../recorder";
import type { ShownIn } from "../wire";

const AROUND_CHARS = 60;
const COPIED_CHARS_MAX = 200;

export class Clipboard {
  /** The field that what was copied here has been put into. */
  usedIn: Element | null = null;
  private text = "";
  private from: ShownIn | null = null;

  constructor(private readonly recorder: Recorder) {}

  /** Something was copied or cut. */
  copied(target: Element): void {
    this.from = null;
    this.usedIn = null;
    const selection = target.ownerDocument.defaultView?.getSelection();
    const text = squash(selection?.toString());
    this.text = text;
    if (!text || text.length > COPIED_CHARS_MAX || isField(target) || editingHost(target) || !selection?.rangeCount) return;
    this.from = this.standsIn(selection.getRangeAt(0).commonAncestorContainer, text);
  }

  holds(text: string): boolean {
    return this.text !== "" && squash(text) === this.text;
  }

  /** Where the page shows what was put into the field, if all that it holds was copied from there. */
  sourceOf(field: Element, text: string): ShownIn | null {
    return this.usedIn === field && this.holds(text) ? this.from : null;
  }

  /** The innermost element that shows the whole text. */
  private standsIn(node: Node, text: string): ShownIn | null {
    const { elements, indexes, privacy } = this.recorder;
    let element = node.nodeType === 1 ? (node as Element) : node.parentElement;
    if (!element || privacy.masked(element) || closest(element, "[data-mask]")) return null;
    const index = indexes.of(element.ownerDocument);
    for (let inner: Element | undefined = element; inner; inner = [...inner.children].find((one) => visible(one) && index.text(one).includes(text))) element = inner;
    const whole = index.text(element);
    const at = whole.indexOf(text);
    if (at < 0) return null;
    const candidates = elements.locators.candidates(element, index, { most: CHANGE_CANDIDATES_MAX }).filter((one) => !JSON.stringify(one).includes(text));
    return { candidates, before: whole.slice(Math.max(0, at - AROUND_CHARS), at), after: whole.slice(at + text.length, at + text.length + AROUND_CHARS) };
  }
}
