// Text: one event for a stay in a field, with the value at the end and the keys that made it.
import { cut, editingHost, fieldValue, isField, isTextField, PICKED } from "../page/dom";
import * as limits from "../limits";
import { newId } from "../native";
import type { Recorder } from "../recorder";
import { shownIn } from "../page/shown";
import type { Body, ElementShot, Typed } from "../wire";
import { Clipboard } from "./clipboard";
import { drawsText, isEditor, Strokes } from "./strokes";

const TOLD_CHARS_MIN = 3;
const TOLD_BEFORE_CHARS = 20;

interface Filling {
  field: Element;
  id: string;
  shot: ElementShot;
  before: string;
  /** The value at the last input event: what the user typed, whatever the page made of it since. */
  typed: string | null;
  /** What was typed before into a field that the page empties after each key (code editors). */
  swallowed: string;
  /** The value is final: the user left the field, or pressed Enter in it. */
  left: boolean;
  /** The page took part: it stopped keys, or made another value of what was typed. */
  handled: boolean;
  editor: boolean;
}

/** Whether the field shows what no script can read: letters in a number, half a date. Its form isn't sent with it. */
const isRefused = (field: Element): boolean => isField(field) && field.validity.badInput;

export class Texts {
  readonly clipboard: Clipboard;
  private filling: Filling | null = null;
  private strokes: Strokes | null = null;
  private readonly atFocus = new WeakMap<Element, string>();

  constructor(private readonly recorder: Recorder) {
    this.clipboard = new Clipboard(recorder);
    recorder.takesTyping = (body) => (typeof body === "string" || body instanceof URLSearchParams) && this.isIn(String(body));
  }

  isOn(element: Element): boolean {
    return this.filling?.field === element;
  }

  /** The keys pressed in the field since the user came to it, or since they were told. */
  keysIn(field: Element): Strokes {
    if (this.strokes?.field !== field) this.strokes = new Strokes(field);
    return this.strokes;
  }

  /** Something is about to be typed into the field. */
  start(field: Element, before?: string): void {
    if (this.filling?.field === field) return;
    const strokes = this.strokes?.field === field ? this.strokes : null;
    this.recorder.before(field);
    this.strokes = strokes;
    const id = newId();
    const shot = this.recorder.elements.describe(field);
    this.recorder.effects.act(id, { deferred: true, own: field });
    this.recorder.noteAction(id);
    const editor = isEditor(field);
    // What takes the keys of an editor is not what people see.
    if (editor && isField(field)) shot.visible = false;
    this.filling = { field, id, shot, before: before ?? fieldValue(field), typed: null, swallowed: "", left: false, handled: false, editor };
  }

  /** The browser is about to put something into the field. */
  begin(field: Element, event: InputEvent): void {
    this.start(field);
    if (event.data && /^insert(Text|ReplacementText)$/.test(event.inputType)) this.keysIn(field).inserted(event.data);
    const filling = this.filling!;
    this.compare(filling);
    if (!filling.typed || filling.before !== "" || fieldValue(field) !== "") return;
    filling.swallowed += filling.typed;
    filling.typed = null;
  }

  /** An input method has put its text together. */
  composed(field: Element, text: string): void {
    if (text) this.keysIn(field).inserted(text);
  }

  pasted(field: Element, text: string): void {
    this.start(field);
    this.keysIn(field).pasted(cut(text, limits.VALUE_CHARS_MAX));
    const { clipboard } = this;
    if (clipboard.holds(text)) clipboard.usedIn = field;
  }

  /** The page stopped the key: the field doesn't do what a plain one does. */
  handled(field: Element): void {
    if (this.isOn(field)) this.filling!.handled = true;
  }

  /** Something was typed into the field. */
  changed(field: Element, left: boolean): void {
    if (this.filling?.field !== field) {
      // Only leaving it: what it holds now was made by the page.
      if (left && !PICKED.test(field.getAttribute("type") ?? "")) return;
      const value = fieldValue(field);
      const before = this.atFocus.get(field);
      if (before === value) return;
      this.start(field, before ?? "");
    }
    const filling = this.filling!;
    const typed = fieldValue(field);
    filling.typed = typed;
    filling.left = left;
    this.recorder.privacy.hears(field, typed);
    this.recorder.effects.touchField(field);
  }

  /** Whether the page has made another value of what was typed, now that it has had time to. */
  private compare(filling: Filling): void {
    const { field, typed } = filling;
    if (typed !== null && isField(field) && field.isConnected && fieldValue(field) !== typed) filling.handled = true;
  }

  focused(target: Element): void {
    const field = editingHost(target) ?? target;
    if (this.strokes?.field !== field) this.strokes = null;
    if (isTextField(field) || editingHost(field)) this.atFocus.set(field, fieldValue(field));
  }

  blurred(target: Element): void {
    const field = editingHost(target) ?? target;
    if (this.isOn(field)) this.flush();
    this.strokes = null;
  }

  /** Whether a request's body holds the beginning of what is being typed, with a little of what stands before it. */
  private isIn(body: string): boolean {
    if (!this.filling || this.filling.left) return false;
    const { field, before } = this.filling;
    const now = fieldValue(field);
    let same = 0;
    while (same < before.length && before[same] === now[same]) same += 1;
    const told = now.slice(Math.max(0, same - TOLD_BEFORE_CHARS), same + TOLD_CHARS_MIN);
    if (now.length < same + TOLD_CHARS_MIN) return false;
    const spelled = [told, JSON.stringify(told).slice(1, -1), new URLSearchParams([["", told]]).toString().slice(1)];
    return spelled.some((one) => body.includes(one));
  }

  /** Sends the fill, if anything was filled; `value` overrides what the field holds now. */
  flush(value?: string): void {
    const { filling, strokes } = this;
    this.strokes = null;
    if (!filling) return;
    this.filling = null;
    this.recorder.privacy.heard();
    if (value === undefined) this.compare(filling);
    const { effects } = this.recorder;
    const { field, before, editor } = filling;
    const now = value ?? fieldValue(field);
    const keys = strokes?.field === field ? strokes : null;
    const drawn = drawsText(field) && now === before;
    const typed = drawn ? (keys?.list.map((one) => one.text ?? "").join("") ?? "") : filling.swallowed + (now === "" && filling.typed ? filling.typed : now);
    this.atFocus.set(field, now);
    const refused = isRefused(field);
    if (typed === before && !((editor || refused) && keys?.told)) {
      effects.drop(filling.id);
      return;
    }
    if (editor) this.recorder.elements.keepSteady(filling.shot, field);
    const body: Body = { kind: "fill", target: filling.shot, value: this.typed(field, typed) };
    if (body.value.secret) this.recorder.secretFill = filling.id;
    if (!body.value.secret) {
      if (before) body.before = cut(before, limits.VALUE_CHARS_MAX);
      this.recorder.addWords(typed);
      if (editor || filling.handled || refused) body.by_keys = true;
      if (keys?.told && !this.recorder.privacy.hides(keys.list.map((one) => one.text ?? "").join(""))) {
        body.keys = keys.told;
        // What is written somewhere into a number or a date that is none makes none of it.
        const caret = keys.caret ?? (refused ? "end" : null);
        if (caret) body.caret = caret;
      }
    }
    this.recorder.emit(body, { id: filling.id, page: effects.pageBefore });
    effects.undefer(filling.id);
  }

  private typed(field: Element, text: string): Typed {
    const { privacy } = this.recorder;
    const secret = privacy.kindOf(field, text);
    if (!secret) {
      const typed: Typed = { text: cut(text, limits.VALUE_CHARS_MAX) };
      const copied = this.clipboard.sourceOf(field, text);
      if (copied) typed.shown_in = copied;
      return typed;
    }
    const typed: Typed = { text: "", secret, token: privacy.token(text) };
    const shown = secret === "masked" ? null : shownIn(field, text, this.recorder);
    if (shown) typed.shown_in = shown;
    privacy.remember(text, secret);
    this.recorder.transport.hold(0);
    return typed;
  }
}
