// What is chosen rather than typed: options of select boxes, and files.
import { cut, squash } from "../dom";
import * as limits from "../limits";
import { native } from "../native";
import { isHidden } from "../reader";
import type { Recorder } from "../recorder";

const SAME_MS = 1_000;

export class Choices {
  private readonly settled = new WeakMap<Element, { state: string; atMs: number }>();

  constructor(private readonly recorder: Recorder) {}

  /** Whether the control has really another state than the one last sent: `input` and `change` both tell of it. */
  private isNews(element: Element, state: string): boolean {
    const last = this.settled.get(element);
    const now = native.now();
    if (last && last.state === state && now - last.atMs < SAME_MS) return false;
    this.settled.set(element, { state, atMs: now });
    return true;
  }

  /** `known` says that the page as it was before is known. */
  selected(select: HTMLSelectElement, known: boolean): void {
    const options = [...select.selectedOptions].slice(0, limits.OPTIONS_MAX);
    if (!this.isNews(select, options.map((one) => one.value).join("\n"))) return;
    if (!known) this.recorder.before(select);
    const target = this.recorder.elements.describe(select);
    const masked = target.masked || this.recorder.privacy.masked(select, true);
    const chosen = options.map((one) => ({
      value: masked || isHidden(one) ? "" : cut(one.value, limits.TEXT_CHARS_MAX),
      label: masked || isHidden(one) ? "" : cut(squash(one.label), limits.TEXT_CHARS_MAX),
    }));
    if (!masked) chosen.forEach((one) => this.recorder.addWords(one.label));
    this.recorder.act({ kind: "select", target, options: chosen }, { own: select });
  }

  uploaded(input: HTMLInputElement): void {
    const names = [...(input.files ?? [])].slice(0, limits.FILES_MAX).map((file) => cut(file.name, limits.TEXT_CHARS_MAX));
    if (!this.isNews(input, names.join("\n"))) return;
    this.recorder.before(input);
    const target = this.recorder.elements.describe(input);
    const files = this.recorder.privacy.masked(input, true) ? names.map(() => "") : names;
    this.recorder.act({ kind: "upload", target, files }, { own: input });
  }
}
