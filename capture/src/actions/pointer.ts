// Where a click fell: what was hit there, and whether a test that clicks in the middle would hit the same.
import { ancestorsOf, containsDeep, parentOf, squash } from "../page/dom";
import { attempt, native } from "../native";
import type { ElementShot, Modifier } from "../wire";
import { INTERACTIVE, retarget, type Target } from "./retarget";

const SAME_PLACE_PX = 3;
const SMALL_PX = 40;
const GLIDERS = "[role=slider],[role=scrollbar],[role=meter],input[type=range]";
const CONTROLS = "button,a,input,select,textarea,summary,label,option";
const DRAWN = /^(canvas|svg|video|embed|object)$/i;
/** What an animation moves or resizes an element by. A bare "offset" is no style: every keyframe has one, its place in time. */
const MOVES = /^(transform$|translate|scale|rotate|offset[A-Z]|width|height|(min|max)(Width|Height)|inset|top|left|right|bottom|margin|padding|zoom)/;

/** The mouse button that is down, or was last, and what it went down on. */
export interface Pressed extends Target {
  shot: ElementShot;
  x: number;
  y: number;
  atMs: number;
  button: number;
  clicked: boolean;
  /** Where in `raw` it was pressed, from its corner. */
  place: [number, number];
  /** Where in `element` it was pressed, if a click in its middle would be another one. */
  position: [number, number] | null;
  /** Whether the box that it toggles was ticked. */
  was: boolean;
}

export function modifiersOf(event: MouseEvent | KeyboardEvent): Modifier[] {
  const modifiers: Modifier[] = [];
  if (event.altKey) modifiers.push("Alt");
  if (event.ctrlKey) modifiers.push("Control");
  if (event.metaKey) modifiers.push("Meta");
  if (event.shiftKey) modifiers.push("Shift");
  return modifiers;
}

export function offsetIn(element: Element, x: number, y: number, box = native.boxOf(element)): [number, number] {
  return [Math.round(x - box.x - element.clientLeft), Math.round(y - box.y - element.clientTop)];
}

/** The innermost element at a place of the window, through open shadow roots. */
export function hitAt(doc: Document, x: number, y: number): Element | null {
  let hit: Element | null = null;
  for (let root: Document | ShadowRoot | null = doc; root; ) {
    const found: Element | null = root.elementFromPoint(x, y);
    if (!found || found === hit) break;
    hit = found;
    root = found.shadowRoot;
  }
  return hit;
}

/** The middle of the element, where Playwright clicks: that of its first line. */
export function middleOf(element: Element): [number, number] {
  const [first] = element.getClientRects();
  const box = first ?? native.boxOf(element);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Whether the place inside the element matters: a click in its middle would fall on something else. */
export function placeMatters({ element, raw }: Target, x: number, y: number): boolean {
  if (DRAWN.test(element.nodeName)) return true;
  if (!containsDeep(element, raw)) return false;
  const [cx, cy] = middleOf(element);
  if (Math.hypot(x - cx, y - cy) <= SAME_PLACE_PX) return false;
  const hit = attempt(() => hitAt(element.ownerDocument, cx, cy), null);
  if (!hit) return false;
  if (!containsDeep(element, hit)) return !element.matches("input,select,textarea,label");
  if (hit !== raw && !containsDeep(hit, raw) && ofItsOwn(hit, element, raw)) return true;
  return saysNothing(element);
}

/** Whether what is hit inside `element` looks like something of its own: not the part that `raw` is. */
function ofItsOwn(hit: Element, element: Element, raw: Element): boolean {
  const cursor = (one: Element): string => getComputedStyle(one).cursor;
  const inControl = element.matches(CONTROLS);
  // Where it holds all the words, a click on it is one on the element, unless it acts by itself.
  const words = squash(hit.textContent);
  const whole = words && words === squash(element.textContent);
  for (let up: Element | null = hit; up && up !== element && !containsDeep(up, raw); up = parentOf(up)) {
    if (up.matches(`${INTERACTIVE},[draggable=true]${whole ? "" : ",[tabindex]"}`)) return true;
    if (!inControl && (cursor(up) !== cursor(raw) || (!whole && (up.hasAttribute("title") || painted(up))))) return true;
  }
  return false;
}

const painted = (element: Element): boolean => getComputedStyle(element).backgroundColor !== "rgba(0, 0, 0, 0)";

/** Nothing tells one place of it from another but the place: a track, a bar, what lies behind a dialog. */
function saysNothing(element: Element): boolean {
  if (element.matches(GLIDERS) || (!element.matches(CONTROLS) && element.querySelector(GLIDERS))) return true;
  if (element.matches(INTERACTIVE)) return false;
  const { width, height } = native.boxOf(element);
  return Math.max(width, height) > SMALL_PX && squash(element.textContent) === "";
}

/** The nearest element around that stands still, where this one moves for ever: tests wait until what they click is at rest. */
export function atRest(element: Element): Element {
  let still = element;
  for (const one of [element, ...ancestorsOf(element)]) if (movesForEver(one)) still = parentOf(one) ?? still;
  return still;
}

function movesForEver(element: Element): boolean {
  const animations = attempt(() => element.getAnimations(), []);
  return animations.some(({ effect, playState }) => {
    const endless = playState === "running" && effect?.getComputedTiming().iterations === Infinity;
    return endless && movesIt((effect as KeyframeEffect).getKeyframes());
  });
}

/** Whether the keyframes take the element anywhere: colours, shadows and backgrounds leave it where it is, as do equal values. */
function movesIt(frames: ComputedKeyframe[]): boolean {
  const [first, last] = [frames[0]!, frames[frames.length - 1]!];
  // Between a first and a last one that say nothing, the style of the element itself counts.
  const differs = (name: string): boolean => first === last || !(name in last) || frames.some((frame) => name in frame && frame[name] !== first[name]);
  return frames.some((frame) => Object.keys(frame).some((name) => MOVES.test(name) && differs(name)));
}

/** Whether a click in the middle of an editor would put the caret where this one did. */
export function caretElsewhere(host: Element, x: number, y: number): boolean {
  const doc = host.ownerDocument;
  if (typeof doc.caretRangeFromPoint !== "function") return true;
  const [there, middle] = [doc.caretRangeFromPoint(x, y), doc.caretRangeFromPoint(...middleOf(host))];
  return there?.startContainer !== middle?.startContainer || there?.startOffset !== middle?.startOffset;
}

/** What is pressed at a place, as an action will tell of it. */
export function targetAt(raw: Element): Target {
  const target = retarget(raw);
  const still = target.toggles ? target.element : atRest(target.element);
  return still === target.element ? target : { element: still, raw, toggles: null };
}
