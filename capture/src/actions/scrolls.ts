// Scrolling, told only where it made the page load more.
import { native } from "../native";
import type { Recorder } from "../recorder";

const BY_USER_MS = 600;
const REST_MS = 700;
const GROWN_PX = 40;

interface Scrolling {
  scroller: Element;
  heightPx: number;
}

export class Scrolls {
  private scrolling: Scrolling | null = null;
  private byUserMs = 0;
  private dueTimer = 0;

  constructor(private readonly recorder: Recorder) {}

  /** A wheel, a finger or a key that scrolls. */
  byUser(): void {
    this.byUserMs = native.now();
  }

  scrolled(target: EventTarget | null): void {
    if (native.now() - this.byUserMs > BY_USER_MS) return;
    const element = (target as Node | null)?.nodeType === 1 ? (target as Element) : document.scrollingElement;
    if (!element) return;
    if (this.scrolling?.scroller !== element) {
      this.settle();
      this.recorder.effects.freeze();
      this.scrolling = { scroller: element, heightPx: element.scrollHeight };
    }
    if (this.dueTimer) native.cancel(this.dueTimer);
    this.dueTimer = native.later(() => this.settle(), REST_MS);
  }

  /** The scrolling is over: it is an action if the page grew by it. */
  settle(): void {
    const { scrolling, recorder } = this;
    this.scrolling = null;
    if (this.dueTimer) native.cancel(this.dueTimer);
    this.dueTimer = 0;
    if (!scrolling) return;
    const { scroller, heightPx } = scrolling;
    if (!scroller.isConnected || scroller.scrollHeight < heightPx + GROWN_PX) return recorder.effects.thaw();
    recorder.effects.finishFrozen();
    const page = scroller === document.scrollingElement;
    const place = { x_px: Math.round(scroller.scrollLeft), y_px: Math.round(scroller.scrollTop) };
    const target = page ? {} : { target: recorder.elements.describe(scroller) };
    recorder.act({ kind: "scroll", ...target, ...place });
  }
}
