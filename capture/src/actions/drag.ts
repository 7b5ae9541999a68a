// Dragging: the browser's own drag and drop, and pages that move things by pointer events.
import { offsetIn, type Pressed } from "./index";
import { isTextField } from "../dom";
import type { Recorder } from "../recorder";
import { retarget } from "./retarget";
import type { ElementShot } from "../wire";

const MOVED_PX = 8;

export class DragWatch {
  /** The page's tree when the pointer went down. */
  treeEpoch = 0;
  private far = false;
  private native: { shot: ElementShot; position: [number, number]; element: Element } | null = null;

  constructor(private readonly recorder: Recorder) {}

  /** Whether the pointer has been moved since it went down. */
  get moved(): boolean {
    return this.far;
  }

  press(): void {
    this.treeEpoch = this.recorder.watch.treeNow();
    this.far = false;
    this.native = null;
  }

  move(event: PointerEvent, pressed: Pressed | null): void {
    if (!pressed || !event.buttons || pressed.clicked) return;
    if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) >= MOVED_PX) this.far = true;
  }

  start(event: DragEvent, target: Element, pressed: Pressed | null): void {
    const source = closestDraggable(target);
    const shot = pressed && pressed.element === source ? pressed.shot : this.recorder.elements.describe(source);
    const position = pressed?.raw === source ? pressed.place : offsetIn(source, event.clientX, event.clientY);
    this.native = { shot, position, element: source };
  }

  drop(event: DragEvent, target: Element): void {
    const from = this.native;
    this.native = null;
    if (!from) return;
    const onto = this.recorder.elements.describe(target);
    this.emit(from.shot, onto, from.position, offsetIn(target, event.clientX, event.clientY));
  }

  end(): void {
    this.native = null;
  }

  /** Whether the pointer that goes up ends a drag that the page made something of. */
  up(event: PointerEvent, target: Element, pressed: Pressed): boolean {
    if (!this.far || this.native || pressed.button !== 0 || pressed.clicked) return false;
    const drawing = /^(canvas|svg)$/i.test(pressed.element.nodeName);
    const selects = isTextField(pressed.element) || (getSelection()?.toString() ?? "") !== "";
    if (selects || (!drawing && this.recorder.watch.treeNow() === this.treeEpoch)) return false;
    this.far = false;
    const doc = pressed.raw.ownerDocument;
    const under = doc.elementsFromPoint(event.clientX, event.clientY).find((one) => !pressed.raw.contains(one)) ?? target;
    const source = pressed.raw.isConnected ? pressed.raw : pressed.element;
    const shot = source === pressed.element ? pressed.shot : this.recorder.elements.describe(source);
    const onto = drawing ? pressed.element : retarget(under).element;
    const position = source === pressed.raw ? pressed.place : offsetIn(source, pressed.x, pressed.y);
    this.emit(shot, this.recorder.elements.describe(onto), position, offsetIn(onto, event.clientX, event.clientY));
    return true;
  }

  private emit(target: ElementShot, onto: ElementShot, position: [number, number], ontoPosition: [number, number]): void {
    this.recorder.act({ kind: "drag", target, onto, position, onto_position: ontoPosition });
  }
}

function closestDraggable(target: Element): Element {
  return target.closest("[draggable=true],a,img") ?? target;
}
