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
const PATH_MAX = 40;
const HOLDERS = "ul,ol,tbody,section,[role=list],[role=listbox],[role=grid],[role=row],[role=slider],[draggable=true]";

export class DragWatch {
  /** The page's tree when the pointer went down. */
  treeEpoch = 0;
  /** Whether the pointer has been moved since it went down. */
  moved = false;
  /** Tells of the browser's own drag, once it is over; unheard of a drop, only what the page did on the way. */
  private native: ((event: MouseEvent, under: Element, unheard?: boolean) => void) | null = null;
  /** Where the browser's own drag was last. */
  private over: MouseEvent | null = null;
  /** Where things were before they began to move: what is dragged pushes others away. */
  private layout: Map<Element, DOMRect> | null = null;
  private marked = "";
  /** Where the pointer has been since, from where it went down. */
  private path: [number, number][] = [];
  private shape = 0;

  constructor(
    private readonly recorder: Recorder,
    private readonly isTyped: (element: Element) => boolean,
  ) {}

  press(pressed: Pressed): void {
    this.treeEpoch = this.recorder.watch.treeNow();
    this.shape = this.recorder.watch.shapeEpoch;
    this.path = [];
    this.moved = false;
    this.native = this.layout = null;
    this.marked = markedText(pressed.raw);
  }

  move(event: MouseEvent, pressed: Pressed | null, held = event.buttons): void {
    const { over, native } = this;
    this.over = event.type.startsWith("drag") ? event : null;
    if (!held) {
      this.native = null;
      // Where nothing takes the drop, or what would have is gone by then, none comes: the page has moved things on the way, or nothing was done.
      const under = over?.target as Element | null | undefined;
      if (native && under && !(over!.defaultPrevented && under.isConnected)) native(over!, under, true);
    }
    if (!pressed || !held || pressed.clicked) return;
    const place: [number, number] = [event.clientX - pressed.x, event.clientY - pressed.y];
    const px = Math.hypot(...place);
    this.path.push(place);
    if (this.path.length > PATH_MAX) this.path = this.path.filter((_, nth) => nth % 2);
    if (px >= BEGUN_PX) this.layout ??= layoutAround(pressed.raw);
    if (px >= MOVED_PX) this.moved = true;
  }

  start(target: Element, pressed: Pressed | null): void {
    const element = target.closest("[draggable=true],a,img") ?? target;
    const from = pressed && this.from(element, pressed);
    const list = element.parentElement;
    const was = list?.textContent;
    // What only showed where it could go, or was put back, has its list as it was.
    this.native = from && ((event, under, unheard) => (!unheard || list?.textContent !== was) && this.emit(from, ...this.dropOn(event, element, under)));
  }

  /** What is dragged, and where in it it was taken. */
  private from(source: Element, { element, raw, shot, place, position, x, y }: Pressed): [ElementShot, [number, number]] {
    const known = source === element;
    return [known ? shot : this.recorder.elements.describe(source), source === raw ? place : ((known && position) || offsetIn(source, x, y))];
  }

  drop(event: MouseEvent, target: Element): void {
    this.over = null;
    this.native?.(event, target);
  }

  /** Whether the pointer that goes up ends a drag that the page made something of. */
  up(event: PointerEvent, target: Element, pressed: Pressed): boolean {
    this.over = null;
    if (!this.moved || this.native || pressed.button !== 0 || pressed.clicked) return false;
    const { element, raw } = pressed;
    if (this.isTyped(element) && !editingHost(element)) return false;
    const now = markedText(raw);
    const marks = now !== this.marked && now !== "";
    const edits = editingHost(raw) !== null;
    const drawing = /^(canvas|svg)$/i.test(element.nodeName);
    if (edits ? !marks : marks || (isTextField(element) && element.type !== "range")) return false;
    if (edits || drawing) return this.emit(this.from(element, pressed), element, offsetIn(element, event.clientX, event.clientY));
    if (this.recorder.watch.treeNow() === this.treeEpoch) return false;
    const source = raw.isConnected ? raw : element;
    const under = raw.ownerDocument.elementsFromPoint(event.clientX, event.clientY).find((one) => !raw.contains(one)) ?? target;
    return this.emit(this.from(source, pressed), ...this.dropOn(event, source, retarget(under).element));
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
    return [best, offsetIn(best, x, y, this.layout!.get(best))];
  }

  private emit([target, position]: [ElementShot, [number, number]], onto: Element, place: [number, number]): true {
    // Where the page makes room as one drags, the way there counts.
    this.recorder.watch.now();
    const path = this.recorder.watch.shapeEpoch === this.shape ? undefined : this.path;
    this.recorder.act({ kind: "drag", target, onto: this.recorder.elements.describe(onto), position, onto_position: place, path });
    return true;
  }
}

/** The boxes of what something could be dropped on: what surrounds it, what is like it, and what holds such things. */
function layoutAround(raw: Element): Map<Element, DOMRect> {
  const doc = raw.ownerDocument;
  const around = [raw, ...ancestorsOf(raw)].slice(0, LEVELS_MAX).filter((up) => !up.contains(doc.body));
  const selector = [...around.slice(0, 3).map((up) => up.localName), HOLDERS].join();
  const like = [...doc.querySelectorAll(selector)].slice(0, LIKE_MAX);
  const all = [...around.flatMap((up) => [up, ...[...up.children].slice(0, CHILDREN_MAX)]), ...like];
  return new Map(all.map((one) => [one, native.boxOf(one)]));
}

const markedText = (raw: Element): string => raw.ownerDocument.defaultView?.getSelection()?.toString() ?? "";
