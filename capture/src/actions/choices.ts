// What is chosen rather than typed: boxes, radio buttons, select boxes, files.
import { labelled, type Pressed } from "./index";
import { cut, squash } from "../dom";
import * as limits from "../limits";
import { native, newId } from "../native";
import type { Recorder } from "../recorder";
import { isToggle, retarget } from "./retarget";

const SAME_MS = 1_000;

export class Choices {
  private awaited: { pressed: Pressed; event: MouseEvent; before: boolean; id: string } | null = null;
  private readonly settled = new WeakMap<Element, { state: string; atMs: number }>();

  constructor(
    private readonly recorder: Recorder,
    private readonly click: (pressed: Pressed, event: MouseEvent, id: string) => void,
  ) {}

  /** Takes the input event of a field that is chosen from; false where the field is another kind. */
  input(field: Element, pressed: Pressed | null): boolean {
    if (isToggle(field)) this.toggle(field, pressed);
    else if (field.nodeName === "SELECT") this.select(field as HTMLSelectElement, pressed);
    else if (field.nodeName === "INPUT" && (field as HTMLInputElement).type === "file") this.upload(field as HTMLInputElement);
    else return false;
    return true;
  }

  /** A checkbox tells by its input event whether the click set it; pages that redraw it at the click let none come. */
  expect(pressed: Pressed, event: MouseEvent): void {
    const id = newId();
    // Pages may answer the click itself, before the box tells of its state.
    this.recorder.noteAction(id);
    this.awaited = { pressed, event, before: pressed.toggles!.checked, id };
    native.later(() => this.settle(), 0);
  }

  /** Decides about the box that was clicked last. */
  settle(): void {
    const awaited = this.awaited;
    this.awaited = null;
    if (!awaited) return;
    const { pressed, event, before, id } = awaited;
    const toggle = pressed.toggles!;
    const now = toggle.isConnected ? toggle : toggleAt(pressed);
    if (now && now.checked !== before) {
      this.recorder.act({ kind: "check", target: pressed.shot, checked: now.checked }, { id, own: now });
    } else if (toggle.type === "checkbox" || !toggle.isConnected) {
      this.click(pressed, event, id);
    }
  }

  /** Whether the control has really another state than the one last sent: `input` and `change` both tell of it. */
  private isNews(element: Element, state: string): boolean {
    const last = this.settled.get(element);
    const now = native.now();
    if (last && last.state === state && now - last.atMs < SAME_MS) return false;
    this.settled.set(element, { state, atMs: now });
    return true;
  }

  private toggle(input: HTMLInputElement, pressed: Pressed | null): void {
    const awaited = this.awaited?.pressed.toggles === input ? this.awaited : null;
    if (awaited) this.awaited = null;
    if (!this.isNews(input, String(input.checked))) return;
    const mine = pressed?.toggles === input && pressed.clicked ? pressed : null;
    if (!mine && pressed && labelled(pressed.raw, input) && native.now() - pressed.atMs < 3_000) return;
    if (!mine) this.recorder.before(input);
    const target = mine?.shot ?? this.recorder.elements.describe(input);
    this.recorder.act({ kind: "check", target, checked: input.checked }, { id: awaited?.id, own: input });
  }

  private select(select: HTMLSelectElement, pressed: Pressed | null): void {
    const options = [...select.selectedOptions].slice(0, limits.OPTIONS_MAX);
    if (!this.isNews(select, options.map((one) => one.value).join("\n"))) return;
    if (pressed?.element !== select) this.recorder.before(select);
    const target = this.recorder.elements.describe(select);
    const masked = target.masked || this.recorder.privacy.masked(select, true);
    const chosen = options.map((one) => ({
      value: masked ? "" : cut(one.value, limits.TEXT_CHARS_MAX),
      label: masked ? "" : cut(squash(one.label), limits.TEXT_CHARS_MAX),
    }));
    if (!masked) chosen.forEach((one) => this.recorder.addWords(one.label));
    this.recorder.act({ kind: "select", target, options: chosen }, { own: select });
  }

  private upload(input: HTMLInputElement): void {
    const names = [...(input.files ?? [])].slice(0, limits.FILES_MAX).map((file) => cut(file.name, limits.TEXT_CHARS_MAX));
    if (!this.isNews(input, names.join("\n"))) return;
    this.recorder.before(input);
    const target = this.recorder.elements.describe(input);
    const files = target.masked ? names.map(() => "") : names;
    this.recorder.act({ kind: "upload", target, files }, { own: input });
  }
}

/** The checkbox or radio button that took the place of the pressed one. */
function toggleAt(pressed: Pressed): HTMLInputElement | null {
  const hit = pressed.raw.ownerDocument.elementFromPoint(pressed.x, pressed.y);
  return hit ? retarget(hit).toggles : null;
}
