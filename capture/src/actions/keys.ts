// Keys that do something by themselves. Printable ones are part of a fill; carets that move are nobody's business.
import { modifiersOf } from "./index";
import { editingHost, fieldValue, isTextField } from "../dom";
import type { Fills } from "./fills";
import { native } from "../native";
import type { Recorder } from "../recorder";
import type { Body } from "../wire";

const BARE = new Set("Shift Control Alt Meta CapsLock Dead Process Unidentified AltGraph NumLock".split(" "));
const CARET = new Set("ArrowLeft ArrowRight ArrowUp ArrowDown Home End PageUp PageDown".split(" "));
const EDITING = new Set(["x", "v", "z", "y"]);
const HARMLESS = new Set(["a", "c", "f", "r", "l", "t", "w", "n", "p", "+", "-", "0"]);

export class Keys {
  private enterDown = false;
  private pressMs = 0;
  /** A key of which the page's answer tells whether it was an action. */
  private undecided: (() => void) | null = null;

  constructor(
    private readonly recorder: Recorder,
    private readonly fills: Fills,
  ) {}

  down(event: KeyboardEvent, target: Element): void {
    this.settle();
    if (event.isComposing || BARE.has(event.key)) return;
    const field = editingHost(target) ?? target;
    const editable = isTextField(field) || editingHost(field) !== null;
    const command = event.ctrlKey || event.metaKey;
    if (command) return this.command(event, target, editable ? field : null);
    if (event.key.length === 1) {
      if (editable) this.printable(event, field);
      else if (event.key !== " ") this.ifHandled(event, target);
      return;
    }
    if (editable) this.inField(event, field);
    else this.outside(event, target);
  }

  up(): void {
    this.settle();
    native.later(() => (this.enterDown = false), 0);
  }

  /** Decides about the key before, now that the page has answered it. */
  settle(): void {
    const decide = this.undecided;
    this.undecided = null;
    decide?.();
  }

  private decideSoon(decide: () => void): void {
    this.undecided = decide;
    native.later(() => {
      if (this.undecided === decide) this.settle();
    }, 30);
  }

  /** Whether a click without a pointer is what the browser makes of a key that has been recorded. */
  explainsClick(raw: Element): boolean {
    void raw;
    return this.enterDown && native.now() - this.pressMs < 3_000;
  }

  private command(event: KeyboardEvent, target: Element, field: Element | null): void {
    const key = event.key.toLowerCase();
    if (field && EDITING.has(key)) return this.fills.start(field);
    if (CARET.has(event.key) && field) return;
    if (/^(Backspace|Delete)$/.test(event.key) && field) return this.fills.start(field);
    if (event.key === "Enter") return this.press(event, field ?? target);
    if (HARMLESS.has(key) && !event.shiftKey) return this.ifHandled(event, target, key === "a" || key === "c");
    this.press(event, field ?? target);
  }

  private printable(event: KeyboardEvent, field: Element): void {
    const value = this.fills.isOn(field) ? fieldValue(field) : "";
    this.fills.start(field);
    if (value) this.committed(event, field, value);
  }

  /** A key that the page took as "this value is done" (a comma after a tag): the value went, the key didn't come. */
  private committed(event: KeyboardEvent, field: Element, value: string): void {
    const { effects } = this.recorder;
    this.decideSoon(() => {
      if (!event.defaultPrevented || !isTextField(field) || fieldValue(field) !== "" || !this.fills.isOn(field)) return;
      this.fills.flush(value);
      effects.before();
      this.emit(event, field);
    });
  }

  private inField(event: KeyboardEvent, field: Element): void {
    const oneLine = field.nodeName === "INPUT";
    if (/^(Backspace|Delete)$/.test(event.key)) return this.fills.start(field);
    if (event.key === "Enter") return oneLine ? this.press(event, field) : this.enterInText(event, field);
    if (event.key === "Escape") return this.press(event, field);
    if (event.key === "Tab") return this.tab(event, field);
    if (CARET.has(event.key) && oneLine && isCombobox(field) && /^Arrow(Up|Down)$/.test(event.key)) return this.press(event, field);
    this.ifHandled(event, field);
  }

  /** Enter in a text of several lines is text, unless the page takes it for "send". */
  private enterInText(event: KeyboardEvent, field: Element): void {
    this.fills.start(field);
    const value = fieldValue(field);
    this.recorder.effects.freeze();
    this.decideSoon(() => {
      const now = field.isConnected ? fieldValue(field) : "";
      const sent = event.defaultPrevented && !now.startsWith(value.trimEnd()) && value.trim() !== "";
      if (!sent) return this.recorder.effects.thaw();
      this.fills.flush(value);
      this.recorder.effects.finishFrozen();
      this.emit(event, field);
    });
  }

  private outside(event: KeyboardEvent, target: Element): void {
    const nowhere = /^(BODY|HTML)$/.test(target.nodeName);
    if (target.nodeName === "SELECT") return;
    if (event.key === "Enter") return nowhere ? this.ifHandled(event, target) : this.press(event, target);
    if (/^(Escape|Delete)$/.test(event.key)) return this.press(event, target);
    if (CARET.has(event.key) && !nowhere && target.getAttribute("role")) return this.press(event, target);
    if (event.key === "Tab") return this.tab(event, target);
    if (target.nodeName === "INPUT") return;
    this.ifHandled(event, target);
  }

  /** Tab only moves on, unless the page takes it, or a field comes to be by it (cells of a sheet). */
  private tab(event: KeyboardEvent, target: Element): void {
    const { effects } = this.recorder;
    effects.freeze();
    const seen = effects.seenBeforeHover();
    this.decideSoon(() => {
      const active = target.ownerDocument.activeElement;
      const came = seen && active && isTextField(active) && !seen.fields.has(active) && active !== target;
      if (!event.defaultPrevented && !came) return effects.thaw();
      this.fills.flush();
      effects.finishFrozen();
      this.emit(event, target);
    });
  }

  private press(event: KeyboardEvent, target: Element): void {
    if (event.repeat && event.key === "Enter") return;
    this.recorder.before();
    this.emit(event, target);
  }

  /** Recorded only where the page reacts to it: it stops the key's usual meaning. */
  private ifHandled(event: KeyboardEvent, target: Element, never = false): void {
    if (never || event.repeat) return;
    const { effects } = this.recorder;
    effects.freeze();
    this.decideSoon(() => {
      if (!event.defaultPrevented) return effects.thaw();
      this.fills.flush();
      effects.finishFrozen();
      this.emit(event, target);
    });
  }

  private emit(event: KeyboardEvent, target: Element): void {
    if (event.key === "Enter") {
      this.enterDown = true;
      this.pressMs = native.now();
    }
    const body: Body = { kind: "press", target: this.recorder.elements.describe(target), key: event.key };
    const modifiers = modifiersOf(event).filter((one) => one !== "Shift" || event.key.length > 1 || event.ctrlKey || event.metaKey);
    if (modifiers.length) body.modifiers = modifiers;
    this.recorder.act(body, isTextField(target) ? { own: target } : {});
  }
}

function isCombobox(field: Element): boolean {
  return field.getAttribute("role") === "combobox" || field.hasAttribute("aria-autocomplete") || field.hasAttribute("aria-expanded") || field.hasAttribute("aria-controls");
}
