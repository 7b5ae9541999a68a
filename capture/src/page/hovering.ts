// When the pointer came to where it is and moved there, and whether that alone made the page another one.
import * as limits from "../limits";
import { native } from "../native";
import type { Watch } from "./watch";

export class Hovering {
  cameMs = 0;
  private movedMs!: number;
  /** What had been answered and done by then. */
  private answers?: number;
  /** The page as the pointer alone left it. */
  private epoch?: number;
  /** Whether it was that already when the pointer came. */
  private alone?: boolean;

  constructor(private readonly watch: Watch) {}

  came(): void {
    this.alone = this.watch.now() === this.epoch;
    this.moved();
    this.cameMs = this.movedMs;
  }

  moved(): void {
    this.movedMs = native.now();
    this.answers = this.watch.answers;
  }

  /** Whether the page changed only because the pointer came or moved there; of a page that nobody has seen, no one knows. */
  changedPage(unseen: boolean): boolean {
    const epoch = this.watch.now();
    const sinceMs = this.watch.lastChangeMs - this.movedMs;
    if (sinceMs >= 0 && sinceMs < limits.HOVERED_MS && this.watch.answers === this.answers && (this.alone || !unseen)) this.epoch = epoch;
    return epoch === this.epoch;
  }
}
