// What is chosen rather than typed: options of select boxes, and files.
import { cut, squash } from "../page/dom";
import * as limits from "../limits";
import { guard, native } from "../native";
import { isHidden } from "../page/reader";
import type { Recorder } from "../recorder";
import type { ElementShot } from "../wire";

const SAME_MS = 1_000;

export class Choices {
  /** Inputs that no listener of a document hears, and what was used last to open their chooser. */
  private readonly choosers = new WeakMap<HTMLInputElement, ElementShot>();
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
    if (masked) this.withhold(options.flatMap((one) => [one.value, one.label]));
    else chosen.forEach((one) => this.recorder.addWords(one.label));
    this.recorder.act({ kind: "select", target, options: chosen }, { own: select });
  }

  uploaded(input: HTMLInputElement): void {
    const names = [...(input.files ?? [])].slice(0, limits.FILES_MAX).map((file) => cut(file.name, limits.TEXT_CHARS_MAX));
    if (!this.isNews(input, names.join("\n"))) return;
    const opener = isHeard(input) ? undefined : this.choosers.get(input);
    this.recorder.before(input);
    const target = opener ?? this.recorder.elements.describe(input);
    const masked = this.recorder.privacy.masked(input, true) || target.masked;
    const files = masked ? names.map(() => "") : names;
    if (masked) this.withhold(names.flatMap((one) => [one, one.replace(/\.[^.]*$/, "")]));
    this.recorder.act({ kind: "upload", target, files, chooser: opener ? true : undefined }, { own: input });
  }

  /** The page may repeat what was chosen in a masked control. */
  private withhold(texts: string[]): void {
    for (const one of texts) if (one) this.recorder.privacy.remember(one, "masked");
  }

  /** A script opens the chooser of an input: one that is in no document is heard by itself, and told with `opener`. */
  opened(input: HTMLInputElement, opener: ElementShot): void {
    const known = this.choosers.has(input);
    this.choosers.set(input, opener);
    if (known) return;
    const chosen = guard(() => {
      if (!isHeard(input)) this.uploaded(input);
    });
    input.addEventListener("input", chosen);
    input.addEventListener("change", chosen);
  }
}

/** Whether the listeners of a document hear what happens to the element. */
export function isHeard(element: Element): boolean {
  const root = element.getRootNode();
  return element.isConnected && (root.nodeType === 9 || (root as ShadowRoot).mode === "open");
}
