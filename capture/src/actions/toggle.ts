// Checkboxes, radio buttons and switches: what the person did, and whether the box is ticked afterwards.
import { labelled } from "../page/dom";
import { native } from "../native";
import type { Recorder } from "../recorder";
import type { Pressed } from "./pointer";
import { isToggle, retarget } from "./retarget";

const LABELLED_MS = 3_000;

/** pressed → (the browser ticks it, the page answers) → ticked: told as `check`; unmoved: told as the click that it was. */
export class Toggles {
  private awaited: { pressed: Pressed; event: MouseEvent; id: string } | null = null;

  constructor(
    private readonly recorder: Recorder,
    private readonly click: (pressed: Pressed, event: MouseEvent, id: string) => void,
  ) {}

  /** The box was clicked. What it is then is looked at once the page has answered: it may take the tick back. */
  pressed(pressed: Pressed, event: MouseEvent): void {
    const id = this.recorder.nextId();
    // Pages may answer the click itself, before the box tells of its state.
    this.recorder.noteAction(id);
    this.awaited = { pressed, event, id };
    native.later(() => this.settle(), 0);
  }

  /** Decides about the box that was clicked last. */
  settle(): void {
    const { awaited } = this;
    this.awaited = null;
    if (!awaited) return;
    const { pressed, event, id } = awaited;
    const toggle = pressed.toggles!;
    const now = toggle.isConnected ? toggle : toggleAt(pressed);
    // What is called otherwise once it is ticked isn't found again by who ticks it and looks.
    const renamed = now && pressed.element === toggle && toggle.type === "checkbox" && this.recorder.elements.describe(now).name !== pressed.shot.name;
    if (now && !renamed && now.checked !== pressed.was) {
      this.recorder.act({ kind: "check", target: pressed.shot, checked: now.checked }, { id, own: now });
    } else if (toggle.type === "checkbox" || !toggle.isConnected) {
      this.click(pressed, event, id);
    }
  }

  /** The box tells that it was ticked, by a click that is told or by no click that we know of. */
  ticked(input: HTMLInputElement, pressed: Pressed | null): void {
    if (this.awaited?.pressed.toggles === input) return;
    if (pressed && (pressed.toggles === input || labelled(pressed.raw, input)) && native.now() - pressed.atMs < LABELLED_MS) return;
    this.recorder.before(input);
    this.recorder.act({ kind: "check", target: this.recorder.elements.describe(input), checked: input.checked }, { own: input });
  }
}

/** The checkbox or radio button that took the place of the pressed one. */
function toggleAt(pressed: Pressed): HTMLInputElement | null {
  const hit = pressed.raw.ownerDocument.elementFromPoint(pressed.x, pressed.y);
  const found = hit ? retarget(hit).toggles : null;
  return found && isToggle(found) ? found : null;
}
