// What may be read of the page: texts of masked elements and values of fields are holes in whatever is read of the elements around.
import { isPlain } from "../privacy/plainwords";

/** What stands for a text that was withheld. */
export const HOLE = "•••";

let masks: (element: Element) => boolean = () => false;
let takesSecret: (element: Element) => boolean = () => false;

/** Says, once, what is masked, and of which editable boxes and select boxes the value may not be told. */
export function readBy(isMasked: (element: Element) => boolean, isSecret: (element: Element) => boolean): void {
  masks = isMasked;
  takesSecret = isSecret;
}

/** Whether what the user wrote or chose there, which stands in the page as a text, may not be told. */
export const holdsSecret = (element: Element): boolean => (element.hasAttribute("contenteditable") || element.nodeName === "SELECT" || isDesigned(element)) && takesSecret(element);

/** The body of a document that is edited as a whole. */
const isDesigned = (element: Element): boolean => element.nodeName === "BODY" && element.ownerDocument.designMode === "on";

export const isHidden = (element: Element): boolean => masks(element);

/** A value, as it may stand within a text. */
export const hole = (value: string | null | undefined): string => (value?.trim() ? HOLE : "");

/** What stands for the element where another one's name is made of its text; null where its text may be read. */
export function holeFor(element: Element, own: boolean): string | null {
  if (masks(element)) return hole(element.textContent || element.getAttribute("aria-label") || element.getAttribute("title") || element.getAttribute("alt") || (element as HTMLInputElement).value);
  return !own && holdsSecret(element) ? hole(element.textContent) : null;
}

/** The words of a text node: none where the shadow tree shows them within something masked. */
export function wordsOf(node: Node): string {
  const slot = (node as Text).assignedSlot;
  return slot && masks(slot) ? hole(node.nodeValue) : (node.nodeValue ?? "");
}

/** The same where texts are put together for `getByText`, which knows nothing of names. */
export function textHoleFor(node: Node): string | null {
  if (node.nodeType !== 1) return null;
  const element = node as Element;
  const value = element.nodeName === "TEXTAREA" || holdsSecret(element);
  return value || masks(element) ? hole(element.textContent || element.shadowRoot?.textContent || (element as HTMLInputElement).value) : null;
}

/** An attribute by which programs name the element; of a masked one only where it is made of plain words. */
export function naming(element: Element, attribute: string): string {
  const value = element.getAttribute(attribute) ?? "";
  return value && masks(element) && !isPlain(value) ? "" : value;
}

/** The longest part of a text without a hole: what the page's own text still holds in one piece. */
export function plainPart(text: string): string {
  if (!text.includes(HOLE)) return text;
  const [longest = ""] = text.split(HOLE).map((part) => part.trim()).sort((a, b) => b.length - a.length);
  return longest.length > 1 ? longest : "";
}
