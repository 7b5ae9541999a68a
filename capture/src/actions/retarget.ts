// From the innermost element under the pointer to the one that a person would say was used.
import { ancestorsOf, closest, editingHost, isField, parentOf, visible, withRoles } from "../page/dom";
import { attempt, native } from "../native";

export const INTERACTIVE = withRoles(
  "button,a,input,select,textarea,summary,label,option,[onclick],[aria-haspopup]",
  "button link checkbox radio tab menuitem menuitemcheckbox menuitemradio option switch combobox treeitem slider spinbutton searchbox textbox",
);

const NAMED = "[data-testid],[data-test-id],[data-test],[data-cy],[data-qa],[role]:not([role=presentation],[role=none],[role=generic]),[aria-label],[title],td,th";
const AROUND_LEVELS = 4;

export interface Target {
  /** What the action is said to be about. */
  element: Element;
  /** The innermost element that was hit. */
  raw: Element;
  /** The checkbox or radio button that the action sets, itself or by its label. */
  toggles: HTMLInputElement | null;
}

export function retarget(raw: Element): Target {
  const host = editingHost(raw);
  if (host) return { element: host, raw, toggles: null };
  let found = closest(raw, INTERACTIVE);
  // A label of nothing that does nothing says no more than any other words: what it stands in may be the control.
  while (found?.nodeName === "LABEL" && !(found as HTMLLabelElement).control && !(found as HTMLElement).onclick) found = closest(parentOf(found)!, INTERACTIVE);
  if (!found) return { element: clickable(raw), raw, toggles: null };
  const label = found.nodeName === "LABEL" ? (found as HTMLLabelElement) : null;
  const control = label ? label.control : found;
  if (isToggle(control)) {
    const usable = visible(control) && reachable(control, label);
    return { element: usable ? control : (label ?? control), raw, toggles: usable || !label ? control : null };
  }
  // A button within its label that the label's words lie over is pressed by them.
  if (label && control && visible(control) && (isField(control) || reachable(control, null))) return { element: control, raw, toggles: null };
  return { element: found, raw, toggles: null };
}

export const isToggle = (element: Element | null): element is HTMLInputElement =>
  element?.nodeName === "INPUT" && /^(checkbox|radio)$/.test((element as HTMLInputElement).type);

/** Whether a click in the middle of the control would reach it or a label of it. */
function reachable(control: Element, label: HTMLLabelElement | null): boolean {
  const hit = hitInMiddle(control, control);
  if (!hit || hit === control || control.contains(hit)) return true;
  return label !== null && (hit === label || label.contains(hit)) ? label.contains(control) || hit === label : false;
}

/** What is hit in the middle of the element, in the tree of `within`. */
function hitInMiddle(element: Element, within: Element): Element | null {
  const { left, top, width, height } = native.boxOf(element);
  return attempt(() => (within.getRootNode() as Document).elementFromPoint(left + width / 2, top + height / 2), null);
}

/** What is named around an element that has no words: one that is hit in its middle where the element is hit. */
function namedAround(raw: Element): Element | null {
  if (raw.matches(NAMED)) return raw;
  let level = 0;
  for (const up of ancestorsOf(raw)) {
    if (hitInMiddle(up, raw) !== raw || ++level > AROUND_LEVELS) return null;
    if (up.matches(NAMED)) return up;
  }
  return null;
}

/** Whether the pointer becomes a hand over it (`cursor: pointer`): something can be done with it. */
export const showsHand = (element: Element): boolean => attempt(() => getComputedStyle(element).cursor === "pointer", false);

/** Where nothing says that it is interactive: what shows a hand under the pointer, if the hit element says nothing. */
function clickable(raw: Element): Element {
  const words = raw.textContent!.trim();
  const named = /\p{L}/u.test(words) ? null : namedAround(raw);
  if (named) return named;
  if (words && /xhtml$/.test(raw.namespaceURI ?? "")) return raw;
  if (!showsHand(raw)) return raw;
  let top = raw;
  for (const up of ancestorsOf(raw)) {
    if (!showsHand(up) || up.textContent!.length > 200) break;
    top = up;
  }
  return top;
}
