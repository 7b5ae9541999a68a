// Dragging: the browser's own drag and drop, pages that move things by pointer events, and marking text in an editor.
import { ancestorsOf, editingHost, isTextField } from "../page/dom";
import { native } from "../native";
import type { Recorder } from "../recorder";
import type { ElementShot } from "../wire";
import { offsetIn, type Pressed } from "./pointer";
import { retarget } from "./retarget";

const MOVED_PX = 8;
const BEGUN_PX = 2;
const LEVELS_MAX = 12;
const LIKE_MAX = 300;
const CHILDREN_MAX = 60;
const HOLDERS = "ul,ol,tbody,section,[role=list],[role=listbox],[role=grid],[role=row],[role=slider]";

export class DragWatch {
  /** The page's tree when the pointer went down. */
  treeEpoch = 0;
  private far = false;
  private native: { shot: ElementShot; position: [number, number]; element: Element } | null = null;
  /** Where things were before they began to move: what is dragged pushes others away. */
  private layout: Map<Element, DOMRect> | null = null;
  private marked = "";

  constructor(
    private readonly recorder: Recorder,
    private readonly isTyped: (element: Element) => boolean,
  ) {}

  /** Whether the pointer has been moved since it went down. */
  get moved(): boolean {
    return this.far;
  }

  press(pressed: Pressed): void {
    this.treeEpoch = this.recorder.watch.treeNow();
    this.far = false;
    this.native = null;
    this.layout = null;
    this.marked = markedText(pressed.raw);
  }

  move(event: PointerEvent, pressed: Pressed | null): void {
    if (!pressed || !event.buttons || pressed.clicked) return;
    const px = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
    if (px >= BEGUN_PX) this.layout ??= layoutAround(pressed.raw);
    if (px >= MOVED_PX) this.far = true;
  }

  start(event: DragEvent, target: Element, pressed: Pressed | null): void {
    const source = closestDraggable(target);
    const shot = pressed && pressed.element === source ? pressed.shot : this.recorder.elements.describe(source);
    const position = pressed?.raw === source ? pressed.place : offsetIn(source, pressed?.x ?? event.clientX, pressed?.y ?? event.clientY);
    this.native = { shot, position, element: source };
  }

  drop(event: DragEvent, target: Element): void {
    const from = this.native;
    this.native = null;
    if (!from) return;
    const [onto, place] = this.dropOn(event, from.element, target);
    this.emit(from.shot, this.recorder.elements.describe(onto), from.position, place);
  }

  end(): void {
    this.native = null;
  }

  /** Whether the pointer that goes up ends a drag that the page made something of. */
  up(event: PointerEvent, target: Element, pressed: Pressed): boolean {
    if (!this.far || this.native || pressed.button !== 0 || pressed.clicked) return false;
    const { element, raw } = pressed;
    if (this.isTyped(element) && !editingHost(element)) return false;
    const marks = markedText(raw) !== this.marked && markedText(raw) !== "";
    if (editingHost(raw)) return marks && this.told(element, element, pressed, offsetIn(element, event.clientX, event.clientY));
    const typed = isTextField(element) && element.type !== "range";
    const drawing = /^(canvas|svg)$/i.test(element.nodeName);
    if (typed || marks || (!drawing && this.recorder.watch.treeNow() === this.treeEpoch)) return false;
    const source = raw.isConnected ? raw : element;
    if (drawing) return this.told(element, element, pressed, offsetIn(element, event.clientX, event.clientY));
    const under = raw.ownerDocument.elementsFromPoint(event.clientX, event.clientY).find((one) => !raw.contains(one)) ?? target;
    const [onto, place] = this.dropOn(event, source, retarget(under).element);
    return this.told(source, onto, pressed, place);
  }

  private told(source: Element, onto: Element, pressed: Pressed, place: [number, number]): true {
    this.far = false;
    const shot = source === pressed.element ? pressed.shot : this.recorder.elements.describe(source);
    const position = source === pressed.raw ? pressed.place : (pressed.position ?? offsetIn(source, pressed.x, pressed.y));
    this.emit(shot, this.recorder.elements.describe(onto), position, place);
    return true;
  }

  /** What stood before the drag where it ends, and the place in it; what is there now may only be there while one drags. */
  private dropOn({ clientX: x, clientY: y }: MouseEvent, source: Element, under: Element): [Element, [number, number]] {
    let best = null as Element | null;
    let least = Infinity;
    for (const [one, box] of this.layout ?? []) {
      if (x < box.left || x >= box.right || y < box.top || y >= box.bottom || !one.isConnected || source.contains(one)) continue;
      const area = box.width * box.height;
      if (area < least || (area === least && best?.contains(one))) [best, least] = [one, area];
    }
    if (!best) return [under, offsetIn(under, x, y)];
    const box = this.layout!.get(best)!;
    return [best, [Math.round(x - box.x - best.clientLeft), Math.round(y - box.y - best.clientTop)]];
  }

  private emit(target: ElementShot, onto: ElementShot, position: [number, number], ontoPosition: [number, number]): void {
    this.recorder.act({ kind: "drag", target, onto, position, onto_position: ontoPosition });
  }
}

function closestDraggable(target: Element): Element {
  return target.closest("[draggable=true],a,img") ?? target;
}

/** The boxes of what something could be dropped on: what surrounds it, what is like it, and what holds such things. */
function layoutAround(raw: Element): Map<Element, DOMRect> {
  const boxes = new Map<Element, DOMRect>();
  const add = (one: Element): void => void (boxes.has(one) || boxes.set(one, native.boxOf(one)));
  const doc = raw.ownerDocument;
  const tags = new Set<string>();
  let level = 0;
  for (const up of [raw, ...ancestorsOf(raw)]) {
    if (++level > LEVELS_MAX || up === doc.body) break;
    add(up);
    for (const child of [...up.children].slice(0, CHILDREN_MAX)) add(child);
    if (level <= 3) tags.add(up.localName);
  }
  for (const one of [...doc.querySelectorAll([...tags, HOLDERS, "[draggable=true]"].join())].slice(0, LIKE_MAX)) add(one);
  return boxes;
}

const markedText = (raw: Element): string => raw.ownerDocument.defaultView?.getSelection()?.toString() ?? "";
