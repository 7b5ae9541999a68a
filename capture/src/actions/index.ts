// What the user does, heard in the capture phase on the window, before the page's own handlers.
import { Choices, isHeard } from "./choice";
import { closest, containsDeep, editingHost, isField, isTextField, labelled, parentOf, PICKED, visible } from "../page/dom";
import { inPasswordForm } from "../page/elements";
import { DragWatch } from "./drag";
import { Hovers } from "./hover";
import { Keys } from "./keys";
import { caretElsewhere, modifiersOf, offsetIn, placeMatters, targetAt, type Pressed } from "./pointer";
import { guard, native, newId } from "../native";
import type { Action, Recorder } from "../recorder";
import { isToggle, retarget } from "./retarget";
import { Scrolls } from "./scrolls";
import { isEditor } from "./strokes";
import { Texts } from "./text";
import { Toggles } from "./toggle";
import type { Body, WireEvent } from "../wire";

const AGAIN_MS = 500;
const AGAIN_PX = 6;
/** So long after the button went up a click may still be told. */
const NOTHING_TOLD_MS = 100;
const HOVERED_NODES_MAX = 100;

interface LastClick {
  id: string;
  element: Element;
  x: number;
  y: number;
  atMs: number;
}

export class Actions {
  private lastPress: Pressed | null = null;
  /** The press whose field was left for it, until the button goes up. */
  private aside: Action | null = null;
  /** The button went up again, and the browser's click has not come. */
  private released: PointerEvent | null = null;
  private lastClick: LastClick | null = null;
  /** The press that made a click a double one. */
  private second: { click: WireEvent & { kind: "click" }; event: PointerEvent; raw: Element } | null = null;
  /** A trusted event is being handled: what scripts dispatch meanwhile is the page's doing. */
  private busy = false;
  private readonly texts: Texts;
  private readonly keys: Keys;
  private readonly drags: DragWatch;
  private readonly hovers: Hovers;
  private readonly scrolls: Scrolls;
  private readonly choices: Choices;
  private readonly toggles: Toggles;
  private readonly listeners: [string, (event: Event) => void][];

  constructor(private readonly recorder: Recorder) {
    this.texts = new Texts(recorder);
    this.keys = new Keys(recorder, this.texts);
    this.drags = new DragWatch(recorder, (element) => this.texts.isOn(element));
    this.hovers = new Hovers(recorder);
    this.scrolls = new Scrolls(recorder);
    this.choices = new Choices(recorder);
    this.toggles = new Toggles(recorder, (pressed, event, id) => this.emitClick(pressed, event, undefined, id));
    recorder.beforeOthers(() => {
      this.scrolls.settle();
      this.keys.settle();
      this.toggles.settle();
      this.texts.flush();
    });
    const on = <E extends Event>(handle: (event: E, target: Element) => void, trusted = true) =>
      guard((event: Event) => {
        const target = event.composedPath()[0] as Node | undefined;
        if (trusted && !event.isTrusted) return;
        if (event.isTrusted && !/^(focus|wheel|touch|pointer(move|over))/.test(event.type)) this.markBusy();
        // Texts and slots have no box of their own: what they stand in was hit.
        const boxed = target?.nodeType === 1 && target.nodeName !== "SLOT";
        const element = boxed ? (target as Element) : target && target.nodeType < 4 ? parentOf(target) : null;
        if (element ?? !trusted) handle(event as E, element!);
      });
    this.listeners = [
      ["pointerdown", on<PointerEvent>((event, target) => this.pointerDown(event, target))],
      ["pointermove", on<PointerEvent>((event) => this.pointerMove(event))],
      ["pointerup", on<PointerEvent>((event, target) => this.pointerUp(event, target))],
      ["pointercancel", guard(() => void (this.recorder.press = null))],
      ["blur change", this.leaving],
      ["pointerover", on<PointerEvent>((event, target) => this.pointerOver(event, target))],
      ["click", on<MouseEvent>((event, target) => this.click(event, target))],
      ["auxclick", on<MouseEvent>((event, target) => this.auxClick(event, target))],
      ["contextmenu", on<MouseEvent>((event, target) => this.contextMenu(event, target))],
      ["keydown", on<KeyboardEvent>((event, target) => this.keyDown(event, target))],
      ["keyup", on<KeyboardEvent>((event, target) => this.keys.up(event, target))],
      ["beforeinput", on<InputEvent>((event, target) => this.beforeInput(event, target))],
      ["compositionend", on<CompositionEvent>((event, target) => this.texts.composed(editingHost(target) ?? target, event.data))],
      ["paste", on<ClipboardEvent>((event, target) => this.paste(event, target))],
      ["copy cut", on<ClipboardEvent>((_, target) => this.texts.clipboard.copied(target))],
      ["input change", this.ofUser],
      ["focusin", on<FocusEvent>((_, target) => this.texts.focused(target))],
      ["focusout", on<FocusEvent>((_, target) => this.texts.blurred(target))],
      ["dragstart", on<DragEvent>((_, target) => this.drags.start(target, this.lastPress))],
      // Where the pointer comes to another element, the browser sends the one in place of the other.
      ["dragenter dragover", on<DragEvent>((event) => this.drags.move(event, this.lastPress, 1))],
      ["drop", on<DragEvent>((event, target) => this.drags.drop(event, target))],
      ["wheel touchmove", on(() => this.scrolls.byUser())],
      ["scroll", guard((event: Event) => this.scrolls.scrolled(event.target))],
    ];
  }

  listen(target: Window | ShadowRoot): void {
    const inner = !("navigator" in target);
    for (const [types, listener] of this.listeners) {
      for (const type of types.split(" ")) {
        if (inner && type !== "change") continue;
        target.addEventListener(type, listener, { capture: true, passive: true });
        // At the end of its way the event is handled; the timer is for those that never come so far.
        if (!inner) target.addEventListener(type, this.done, { passive: true });
      }
    }
    // In no capture phase: the window's own, not that of an element.
    if (!inner) target.addEventListener("blur", this.keys.forget);
  }

  /** A script clicks an element: by that it may open the chooser of a file input that nobody sees. */
  readonly clickedByScript = guard((element: Element): void => {
    if (element?.nodeName !== "INPUT" || (element as HTMLInputElement).type !== "file" || isHeard(element)) return;
    const { lastPress: pressed, recorder } = this;
    const active = document.activeElement ?? document.documentElement;
    const recent = pressed?.clicked && native.now() - pressed.atMs < AGAIN_MS;
    this.choices.opened(element as HTMLInputElement, recent ? pressed.shot : recorder.elements.describe(active));
  });

  /** Events that Playwright's and assistive tools' scripted input dispatches count as the user's when no trusted event is under way. */
  private readonly ofUser = guard((event: Event): void => {
    const target = event.composedPath()[0] as Element | undefined;
    if (!target || target.nodeType !== 1 || (!event.isTrusted && (this.busy || !isInUse(target)))) return;
    this.input(target, event.type === "change");
  });

  /** A field that is left for what was pressed has its own answer, until the pointer goes up again. */
  private readonly leaving = guard((): void => {
    this.aside ??= this.recorder.press;
    this.recorder.press = null;
  });

  /** On a pointer event its mouse event follows, in which pages act as well. */
  private readonly done = guard((event: Event): void => {
    if (event.isTrusted && !event.type.startsWith("pointer")) this.busy = false;
  });

  private markBusy(): void {
    if (this.busy) return;
    this.busy = true;
    native.later(() => (this.busy = false), 0);
  }

  private pointerOver(event: PointerEvent, target: Element): void {
    this.hovers.over(target, event);
    // A style sheet may show more of what is masked, there or beside it, for as long as the pointer stays.
    for (const one of [target, parentOf(target)]) if (one) this.recorder.privacy.came(one, HOVERED_NODES_MAX);
  }

  private pointerDown(event: PointerEvent, raw: Element): void {
    this.keys.settle();
    this.keys.forget();
    this.clickedWithoutClick();
    const again = this.again(event, raw);
    if (again) {
      // Pages that open something at the second press leave no click to be counted.
      again.clicks = Math.min(3, (again.clicks ?? 1) + 1);
      this.second = { click: again, event, raw };
      return;
    }
    this.second = null;
    this.hovers.check(retarget(raw).element);
    this.lastPress = this.pressOn(event, raw, event.button);
    this.recorder.press = { id: newId(), ms: native.now() };
    this.aside = null;
    this.drags.press(this.lastPress);
  }

  private pressOn(event: MouseEvent, raw: Element, button: number): Pressed {
    const target = targetAt(raw);
    const { element, toggles } = target;
    const { clientX: x, clientY: y } = event;
    if (event.detail === 0 && this.keys.isMade && event.type === "click") {
      // Before the key the page was another one already.
    } else if (!this.texts.isOn(element) || isEditor(element)) {
      this.recorder.before();
    }
    const position = element !== retarget(raw).element || placeMatters(target, x, y) ? offsetIn(element, x, y) : null;
    // A place in the element is no place in a part of it.
    const shot = this.recorder.elements.describe(element, position || isEditor(element) ? {} : { inner: raw });
    const place = offsetIn(raw, x, y);
    return { ...target, shot, x, y, atMs: native.now(), button, clicked: false, place, position, was: toggles !== null && toggles.checked !== (event.type === "click" && raw === toggles) };
  }

  /** The last click, as long as it may still become a double one by a click on the same element. */
  private unsentClick(raw: Element, withinMs: number): (WireEvent & { kind: "click" }) | null {
    const last = this.lastClick;
    if (!last || native.now() - last.atMs > withinMs || this.recorder.action?.id !== last.id) return null;
    const queued = this.recorder.unsent(last.id);
    return queued?.kind === "click" && isSame(retarget(raw).element, last.element) ? queued : null;
  }

  /** The click that the second press at the same place makes a double click: the first one's effect isn't over yet. */
  private again(event: PointerEvent, raw: Element): (WireEvent & { kind: "click" }) | null {
    const last = this.lastClick;
    return last && event.button === 0 && isNear(event, last.x, last.y) ? this.unsentClick(raw, AGAIN_MS) : null;
  }

  /** What began as the second press of a double click and moves away is a drag. */
  private pointerMove(event: PointerEvent): void {
    const { second } = this;
    if (second && event.buttons && !isNear(event, second.event.clientX, second.event.clientY)) {
      this.second = null;
      second.click.clicks = Math.max(1, (second.click.clicks ?? 2) - 1);
      this.lastPress = this.pressOn(second.event, second.raw, 0);
      this.drags.press(this.lastPress);
    }
    this.drags.move(event, this.lastPress);
    this.recorder.effects.moved();
  }

  private pointerUp(event: PointerEvent, target: Element): void {
    const { lastPress: pressed, recorder } = this;
    const press = (recorder.press ??= this.aside);
    this.aside = this.second = null;
    native.later(() => recorder.press === press && (recorder.press = null), NOTHING_TOLD_MS);
    if (!pressed) return;
    if (this.drags.up(event, target, pressed)) {
      pressed.clicked = true;
      return;
    }
    if (pressed.button !== 0 || this.drags.moved) return;
    this.released = event;
    native.later(() => this.lastPress === pressed && this.clickedWithoutClick(), 50);
  }

  /** Pages that act on the press itself may take the element away, or cover it, before the browser makes a click of it. */
  private clickedWithoutClick(): void {
    const { lastPress: pressed, released: event } = this;
    this.released = null;
    if (!event || !pressed || pressed.clicked || isField(pressed.element)) return;
    const covered = this.recorder.watch.treeNow() !== this.drags.treeEpoch;
    if (covered || !pressed.element.isConnected) this.emitClick(pressed, event);
  }

  private click(event: MouseEvent, raw: Element): void {
    this.keys.settle();
    if (event.button !== 0 || this.foldsIntoLast(event, raw)) return;
    const pressed = this.lastPress;
    const made = event.detail === 0;
    if (made ? this.keys.explainsClick : pressed?.clicked) return;
    const target = targetAt(raw);
    const aside = pressed !== null && !pressed.clicked && raw !== pressed.raw && containsDeep(raw, pressed.raw);
    if (aside && this.drags.moved) return;
    // A press that was told already says nothing of a click by a key.
    const same = pressed && !pressed.clicked && (aside || pressed.element === target.element || (!made && !pressed.element.isConnected));
    if (!same) {
      // What the browser makes of a click on a label.
      if (made && !this.keys.spaceUp && pressed && labelled(pressed.raw, raw)) return;
      this.lastPress = this.pressOn(event, raw, 0);
      if (made) this.lastPress.position = null;
    }
    const used = this.lastPress!;
    used.clicked = true;
    const field = used.element;
    const active = field.ownerDocument.activeElement;
    // The text of an editor may be drawn beside the field out of sight that takes its keys.
    const drawn = active?.nodeName === "TEXTAREA" && isEditor(active) && getComputedStyle(used.raw).cursor === "text";
    if (drawn || editingHost(field)) {
      used.position = drawn || caretElsewhere(field, used.x, used.y) ? offsetIn(field, used.x, used.y) : null;
      return this.emitClick(used, event);
    }
    if (/^(SELECT|OPTION)$/.test(field.nodeName) || (field.nodeName === "INPUT" && PICKED.test((field as HTMLInputElement).type))) return;
    if (used.toggles) return this.toggles.pressed(used, event);
    if (this.texts.isOn(field)) return;
    this.emitClick(used, event);
  }

  /** The same click counted twice (or three times) by the browser becomes one double click. */
  private foldsIntoLast(event: MouseEvent, raw: Element): boolean {
    const queued = event.detail > 1 && this.unsentClick(raw, 2 * AGAIN_MS);
    if (!queued) return false;
    queued.clicks = Math.min(3, event.detail);
    this.lastClick!.atMs = native.now();
    this.recorder.watch.touch();
    return true;
  }

  private auxClick(event: MouseEvent, raw: Element): void {
    if (event.button !== 1) return;
    const pressed = this.lastPress;
    if (pressed && pressed.raw === raw) this.emitClick(pressed, event, "middle");
  }

  private contextMenu(event: MouseEvent, raw: Element): void {
    const pressed = this.lastPress;
    if (!pressed || pressed.button !== 2 || pressed.raw !== raw) return;
    pressed.clicked = true;
    this.emitClick(pressed, event, "right");
  }

  private emitClick(pressed: Pressed, event: MouseEvent, button?: "middle" | "right", known?: string): void {
    if (this.recorder.privacy.strikes(pressed.element)) return void (this.lastClick = null);
    const body: Body = { kind: "click", target: pressed.shot };
    if (button) body.button = button;
    // The first press of a double click may take away what it hit: the second one is a click on what lay below.
    if (event.detail > 1 && (!this.lastClick || isSame(pressed.element, this.lastClick.element))) body.clicks = Math.min(3, event.detail);
    const modifiers = modifiersOf(event);
    if (modifiers.length) body.modifiers = modifiers;
    if (pressed.position) body.position = pressed.position;
    if (this.keys.spaceUp) body.by_key = true;
    const id = this.recorder.act(body, { id: known, around: pressed.element });
    pressed.clicked = true;
    if (!button) this.lastClick = { id, element: pressed.element, x: pressed.x, y: pressed.y, atMs: native.now() };
  }

  private keyDown(event: KeyboardEvent, target: Element): void {
    if (/^(PageDown|End|ArrowDown| )$/.test(event.key)) this.scrolls.byUser();
    this.keys.down(event, target);
  }

  private beforeInput(event: InputEvent, target: Element): void {
    const field = textAt(target);
    // Enter in a field of one line puts nothing into it: it was a key, and what comes now is the key's doing.
    if (field?.nodeName === "INPUT" && /^insert(LineBreak|Paragraph)$/.test(event.inputType)) return;
    if (field) this.texts.begin(field, event);
  }

  private paste(event: ClipboardEvent, target: Element): void {
    const field = textAt(target);
    if (field) this.texts.pasted(field, event.clipboardData?.getData("text/plain") ?? "");
  }

  private input(target: Element, left: boolean): void {
    if (isToggle(target)) return this.toggles.ticked(target, this.lastPress);
    if (target.nodeName === "SELECT") return this.choices.selected(target as HTMLSelectElement, this.lastPress?.element === target || this.keys.isMade);
    if (target.nodeName === "INPUT" && (target as HTMLInputElement).type === "file") return this.choices.uploaded(target as HTMLInputElement);
    const field = textAt(target);
    if (field) this.texts.changed(field, left);
  }
}

/** The same element, or one that a redraw put in its place. */
function isSame(now: Element, before: Element): boolean {
  if (now === before) return true;
  return !before.isConnected && now.localName === before.localName && now.textContent === before.textContent;
}


/** Whether a scripted event may be a tool's that fills in for the user: pages send them from fields that nobody is at. */
function isInUse(field: Element): boolean {
  if (field.nodeName === "SELECT") return visible(field);
  if (field.getAttribute("type") === "file") return true;
  return (field.getRootNode() as Document | ShadowRoot).activeElement === field || (closest(field, "form") !== null && inPasswordForm(field));
}

/** What a text goes to that is typed at the target. */
const textAt = (target: Element): Element | null => editingHost(target) ?? (isTextField(target) ? target : null);

/** Whether the pointer is still where it was, but for the trembling of a hand. */
const isNear = (event: PointerEvent, x: number, y: number): boolean => Math.hypot(event.clientX - x, event.clientY - y) < AGAIN_PX;
