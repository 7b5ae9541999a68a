// Typing into a field, coalesced: one event with the value at the end, sent before whatever the user does next.
import { editingHost, fieldValue, isTextField } from "../dom";
import { cut } from "../dom";
import * as limits from "../limits";
import { newId } from "../native";
import type { Recorder } from "../recorder";
import { shownIn } from "../shown";
import type { Body, ElementShot, Typed } from "../wire";

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
}

export class Fills {
  private filling: Filling | null = null;
  private readonly atFocus = new WeakMap<Element, string>();

  constructor(private readonly recorder: Recorder) {
    recorder.takesTyping = (body) => (typeof body === "string" || body instanceof URLSearchParams) && this.isIn(String(body));
  }

  isOn(element: Element): boolean {
    return this.filling?.field === element;
  }

  /** Something is about to be typed into the field. */
  start(field: Element, before?: string): void {
    if (this.filling?.field === field) return;
    this.recorder.before(field);
    const id = newId();
    const shot = this.recorder.elements.describe(field);
    this.recorder.effects.act(id, { deferred: true, own: field });
    this.recorder.noteAction(id);
    this.filling = { field, id, shot, before: before ?? fieldValue(field), typed: null, swallowed: "", left: false };
  }

  /** The browser is about to put something into the field. */
  begin(field: Element): void {
    this.start(field);
    const filling = this.filling!;
    if (!filling.typed || filling.before !== "" || fieldValue(field) !== "") return;
    filling.swallowed += filling.typed;
    filling.typed = null;
  }

  /** Something was typed into the field. */
  changed(field: Element, left: boolean): void {
    if (this.filling?.field !== field) {
      const value = fieldValue(field);
      const before = this.atFocus.get(field);
      if (before === value) return;
      this.start(field, before ?? "");
    }
    this.filling!.typed = fieldValue(field);
    this.filling!.left = left;
    this.recorder.effects.touchField(field);
  }

  focused(target: Element): void {
    const field = editingHost(target) ?? target;
    if (isTextField(field) || editingHost(field)) this.atFocus.set(field, fieldValue(field));
  }

  blurred(target: Element): void {
    const field = editingHost(target) ?? target;
    if (this.isOn(field)) this.flush();
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

  /** The value as it stands, for a key that may send the field's content off and clear it. */
  value(): string | null {
    return this.filling ? fieldValue(this.filling.field) : null;
  }

  /** Sends the fill, if anything was filled; `value` overrides what the field holds now. */
  flush(value?: string): void {
    const filling = this.filling;
    if (!filling) return;
    this.filling = null;
    const { effects } = this.recorder;
    const now = value ?? fieldValue(filling.field);
    const typed = filling.swallowed + (now === "" && filling.typed ? filling.typed : now);
    this.atFocus.set(filling.field, now);
    if (typed === filling.before) {
      effects.drop(filling.id);
      return;
    }
    const body: Body = { kind: "fill", target: filling.shot, value: this.typed(filling.field, typed) };
    if (filling.before && !body.value.secret) body.before = cut(filling.before, limits.VALUE_CHARS_MAX);
    if (!body.value.secret) this.recorder.addWords(typed);
    this.recorder.emit(body, { id: filling.id, page: effects.pageBefore });
    effects.undefer(filling.id);
  }

  private typed(field: Element, text: string): Typed {
    const { privacy } = this.recorder;
    const secret = privacy.kindOf(field, text);
    if (!secret) return { text: cut(text, limits.VALUE_CHARS_MAX) };
    const typed: Typed = { text: "", secret, token: privacy.token(text) };
    const shown = secret === "masked" ? null : shownIn(field, text, this.recorder);
    if (shown) typed.shown_in = shown;
    privacy.remember(text, secret);
    this.recorder.transport.hold(0);
    return typed;
  }
}
