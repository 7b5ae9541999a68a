// The keys of one stay in a field, as they were pressed: for editors, where the keys are what was done.
import { editingHost, fieldValue, isTextField } from "../page/dom";
import * as limits from "../limits";
import { native } from "../native";
import type { Stroke } from "../wire";
import { modifiersOf } from "./pointer";

/** Where the caret was when the first key came. */
export type Caret = "start" | "end" | "all" | "inside";

export class Strokes {
  readonly list: Stroke[] = [];
  /** More was pressed than is kept. */
  lost = false;
  readonly caret: Caret | null;
  private expected = "";

  constructor(readonly field: Element) {
    this.caret = caretOf(field);
  }

  pressed(event: KeyboardEvent): void {
    const command = event.ctrlKey || event.metaKey || (event.altKey && !event.getModifierState("AltGraph"));
    if (event.key.length === 1 && !command) {
      this.typed(event.key);
      this.expected = event.key;
    } else {
      const modifiers = modifiersOf(event);
      this.keep(modifiers.length ? { key: event.key, modifiers } : { key: event.key });
    }
  }

  /** The last character was taken for something else. */
  unsay(): void {
    const last = this.list[this.list.length - 1];
    if (last?.text) last.text = last.text.slice(0, -1);
    if (last?.text === "") this.list.pop();
  }

  /** The browser puts text into the field; what a key put there has been told already. */
  inserted(text: string): void {
    const told = text === this.expected;
    this.expected = "";
    if (!told) this.typed(text);
  }

  /** The last key put in a text that the clipboard held. */
  pasted(text: string): void {
    const last = this.list[this.list.length - 1];
    if (last && /^v$/i.test(last.key ?? "")) this.list.pop();
    this.keep({ text, pasted: true });
  }

  /** The keys, or nothing where some are missing. */
  get told(): Stroke[] | null {
    return this.lost || !this.list.length ? null : this.list;
  }

  private typed(text: string): void {
    const last = this.list[this.list.length - 1];
    if (last?.text !== undefined && !last.pasted) last.text += text;
    else this.keep({ text });
  }

  private keep(stroke: Stroke): void {
    if (this.list.length >= limits.STROKES_MAX) this.lost = true;
    else this.list.push(stroke);
  }
}

function caretOf(field: Element): Caret | null {
  if (!isTextField(field) || !fieldValue(field)) return null;
  const { selectionStart: start, selectionEnd: end, value } = field as HTMLInputElement;
  // Numbers don't tell of their caret, only of what is marked.
  if (start === null || end === null) return field.ownerDocument.defaultView!.getSelection()?.toString() === value ? "all" : null;
  if (start === 0 && end === value.length) return "all";
  if (start !== end) return "inside";
  return start === value.length ? "end" : start === 0 ? "start" : "inside";
}

/** The element that draws its text itself and takes keys: an editor without a field. */
export const drawsText = (element: Element): boolean =>
  element.nodeName === "CANVAS" || (element as Element & { editContext?: unknown }).editContext != null;

/** Whether what is typed is told by its keys: in editors, and in fields out of sight that take the keys of one. */
export function isEditor(field: Element): boolean {
  return editingHost(field) !== null || drawsText(field) || isProxy(field);
}

/** A field so small that nobody sees it takes the keys of an editor that is drawn beside it. */
function isProxy(field: Element): boolean {
  if (!isTextField(field)) return false;
  const around = field.parentElement;
  return isTiny(field) || (around !== null && isTiny(around) && getComputedStyle(around).overflow === "hidden");
}

function isTiny(element: Element): boolean {
  const { width, height } = native.boxOf(element);
  return width < 4 || height < 4;
}
