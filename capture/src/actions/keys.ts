// Keys: they belong to what has the focus, and the table says what each kind of key means there.
import { editingHost, fieldValue, isPressed, isTextField } from "../page/dom";
import { native } from "../native";
import type { Recorder } from "../recorder";
import type { Body, ElementShot } from "../wire";
import { modifiersOf } from "./pointer";
import { isToggle } from "./retarget";
import { isEditor } from "./strokes";
import type { Texts } from "./text";

const BARE = /^(Shift|Control|Alt|AltGraph|Meta|CapsLock|NumLock|Dead|Process|Unidentified)$/;
const NATIVE_MS = 1_500;
/** A key that is held comes again before; of one that doesn't, another window or a dialog hears that it goes up. */
const UP_MS = 3_000;
/** The browser scrolls by Space there, or makes a click of it. */
const OWN_SPACE = /^(BODY|HTML|SUMMARY|INPUT|BUTTON)$/;

type Place = "line" | "lines" | "editor" | "select" | "toggle" | "slider" | "widget" | "plain" | "nowhere";
type Kind = "char" | "space" | "enter" | "escape" | "tab" | "vertical" | "caret" | "erase" | "command" | "function";

/**
 * typing: part of the text; caret: only moves in it; act: an action whatever comes of it; asked: one if the page answers;
 * made: the browser makes a click, an input or a choice of it, which is told; send: Enter where text may be sent off;
 * move: goes on to the next element; letter: an action, unless the page hands it on to a field.
 */
type Meaning = "typing" | "caret" | "act" | "asked" | "made" | "send" | "move" | "letter";

const COLUMNS = "char space enter escape tab vertical caret erase command function".split(" ");
const TABLE: Record<Place, string> = {
  //        char   space  enter  escape tab  vertical caret  erase  command function
  line: "   typing typing act    act    move caret    caret  typing asked   asked",
  lines: "  typing typing send   act    move caret    caret  typing asked   asked",
  editor: " typing typing send   typing move typing   typing typing typing  typing",
  select: " made   made   made   made   move made     made   asked  asked   asked",
  toggle: " asked  made   act    act    move made     made   act    asked   asked",
  slider: " asked  asked  act    act    move made     made   asked  asked   asked",
  widget: " letter asked  act    act    move act      act    act    asked   asked",
  plain: "  asked  asked  act    act    move asked    asked  act    asked   asked",
  nowhere: "asked  asked  asked  act    move asked    asked  act    asked   asked",
};
const KINDS: [Kind, RegExp][] = [
  ["space", /^ $/],
  ["char", /^.$/su],
  ["enter", /^Enter$/],
  ["escape", /^Escape$/],
  ["tab", /^Tab$/],
  ["vertical", /^Arrow(Up|Down)$/],
  ["caret", /^(ArrowLeft|ArrowRight|Home|End|PageUp|PageDown)$/],
  ["erase", /^(Backspace|Delete)$/],
];
/** Widgets that take letters and arrows themselves. */
const WIDGETS = /^(listbox|option|menu|menubar|menuitem|menuitemcheckbox|menuitemradio|tree|treeitem|treegrid|grid|gridcell|row|tab|tablist|radio|radiogroup|combobox|slider|spinbutton|toolbar|application)$/;
/** What the browser does with the text by a command key: the value tells of it. */
const EDITS = /^[xvzy]$/i;
/** Commands of the browser itself, by which nothing of the page changes. */
const BROWSERS = /^[acfrltwnp0+-]$/i;

export class Keys {
  private enterDown = false;
  private downMs = 0;
  /** The Space key goes up: the click that the browser makes now is of it. */
  spaceUp = false;
  private toldSpace = false;
  private madeMs = 0;
  /** A key of which the page's answer tells whether it was an action. */
  private undecided: (() => void) | null = null;

  constructor(
    private readonly recorder: Recorder,
    private readonly texts: Texts,
  ) {}

  down(event: KeyboardEvent, target: Element): void {
    this.settle();
    // That it went up may have been heard by a dialog of the browser.
    if (event.key !== "Enter") this.enterDown = false;
    this.downMs = native.now();
    if (event.isComposing || event.keyCode === 229 || BARE.test(event.key)) return;
    const field = editingHost(target) ?? target;
    const place = placeOf(field);
    const kind = kindOf(event);
    let meaning = meaningOf(place, kind);
    if (place === "line" || place === "lines") {
      if (kind === "vertical" && isCombobox(field)) meaning = "act";
      if (kind === "command") meaning = commandIn(event);
    } else if (place === "editor" && kind === "command" && event.key === "Enter") {
      meaning = "send";
    } else if (kind === "command" && meaning === "asked" && !BROWSERS.test(event.key)) meaning = "act";
    if (meaning !== "act" && /^(line|lines|editor)$/.test(place)) this.note(event, field, meaning);
    this[meaning](event, field, place);
  }

  up(event: KeyboardEvent, target: Element): void {
    this.settle();
    this.spaceUp = event.key === " " && !this.toldSpace;
    this.toldSpace = false;
    native.later(() => (this.enterDown = this.spaceUp = false), 0);
    // Pages take Space when it goes up, as the browser makes its click then.
    if (this.spaceUp && !editingHost(target) && /^(widget|plain|toggle)$/.test(placeOf(target))) this.asked(event, target);
  }

  /** Decides about the key before, now that the page has answered it. */
  settle(): void {
    const decide = this.undecided;
    this.undecided = null;
    decide?.();
  }

  /** Whether a click without a pointer is what the browser makes of a key that has been recorded. */
  get explainsClick(): boolean {
    return this.enterDown && native.now() - this.downMs < UP_MS;
  }

  /** What is clicked from now on has nothing to do with the key that went down last. */
  readonly forget = (): void => {
    this.enterDown = false;
  };

  /** Whether the page as it was before a key that the browser made something of is known. */
  get isMade(): boolean {
    return native.now() - this.madeMs < NATIVE_MS;
  }

  private decideSoon(decide: () => void): void {
    this.undecided = decide;
    native.later(() => {
      if (this.undecided === decide) this.settle();
    }, 30);
  }

  /** Keeps the key as one of those in the field; Enter and Tab only once it is known that they are. */
  private note(event: KeyboardEvent, field: Element, meaning: Meaning): void {
    if (meaning !== "send" && meaning !== "move") this.texts.keysIn(field).pressed(event);
  }

  private typing(event: KeyboardEvent, field: Element, place: Place): void {
    const value = this.texts.isOn(field) ? fieldValue(field) : "";
    this.texts.start(field);
    if (place === "editor") return;
    const { effects } = this.recorder;
    this.decideSoon(() => {
      if (!event.defaultPrevented) return;
      this.texts.handled(field);
      // A key that the page took as "this value is done" (a comma after a tag): the value went, the key didn't come.
      if (event.key.length !== 1 || !value || !isTextField(field) || fieldValue(field) !== "" || !this.texts.isOn(field)) return;
      this.texts.keysIn(field).unsay();
      this.texts.flush(value);
      effects.before();
      this.emit(event, field);
    });
  }

  private caret(event: KeyboardEvent, field: Element): void {
    this.asked(event, field);
  }

  private made(event: KeyboardEvent, field: Element): void {
    this.recorder.before(field);
    this.madeMs = native.now();
    this.decideSoon(() => {
      // Stopped: the page does it itself.
      if (event.defaultPrevented) this.emit(event, field);
    });
  }

  private act(event: KeyboardEvent, target: Element): void {
    if (event.repeat && event.key === "Enter") return;
    this.recorder.before();
    this.emit(event, target);
  }

  /** Recorded only where the page reacts to it: it stops the key's usual meaning, is another page at once, or asks a server. */
  private asked(event: KeyboardEvent, target: Element, place?: Place): void {
    const { watch } = this.recorder;
    const answers = (): number => watch.treeNow() + watch.asked;
    const before = answers();
    // What the browser makes of Space is told as that. Where a secret may be typed, no letter is told by chance.
    const own = !place || (event.key === " " ? OWN_SPACE.test(target.nodeName) : event.key.length > 1 || this.recorder.privacy.asksSecret);
    if (!event.repeat) this.answered(event, target, () => event.defaultPrevented || (!own && answers() !== before));
  }

  /** A page that moves the focus from a list to its field has the browser write the letter there. */
  private letter(event: KeyboardEvent, target: Element): void {
    this.answered(event, target, () => event.defaultPrevented || !isTextField(target.ownerDocument.activeElement ?? target));
  }

  /** Tells the key once the page has answered it, if that made an action of it. */
  private answered(event: KeyboardEvent, target: Element, isAction: () => boolean): void {
    const { effects } = this.recorder;
    effects.freeze();
    // As it is before the page answers: by that it may be hidden, be called otherwise, or go.
    const shot = this.recorder.elements.describe(target);
    this.decideSoon(() => {
      if (isAction()) this.wasAction(event, target, shot);
      else effects.thaw();
    });
  }

  /** The key that the page has answered was an action: what was typed before it is told first. */
  private wasAction(event: KeyboardEvent, target: Element, shot: ElementShot, value?: string): void {
    this.texts.flush(value);
    this.recorder.effects.finishFrozen();
    this.emit(event, target, shot);
  }

  /** Enter in a text of several lines is text, unless the page takes it for "send", or goes on to another editor by it. */
  private send(event: KeyboardEvent, field: Element, place: Place): void {
    this.texts.start(field);
    const value = fieldValue(field);
    const { effects } = this.recorder;
    effects.freeze();
    const shot = this.recorder.elements.describe(field);
    this.decideSoon(() => {
      const now = field.isConnected ? fieldValue(field) : "";
      const sent = event.defaultPrevented && !now.trim().startsWith(value.trim()) && value.trim() !== "";
      if (sent || (event.defaultPrevented && (place === "lines" || !this.texts.isOn(field)))) return this.wasAction(event, field, shot, value);
      this.texts.keysIn(field).pressed(event);
      effects.thaw();
    });
  }

  /** Tab only moves on, unless the page takes it or answers it, or a field comes to be by it (cells of a sheet). */
  private move(event: KeyboardEvent, target: Element, place: Place): void {
    const { effects, watch } = this.recorder;
    effects.freeze();
    const seen = effects.seenBeforeHover();
    const epoch = watch.treeNow();
    const shot = this.recorder.elements.describe(target);
    this.decideSoon(() => {
      const active = target.ownerDocument.activeElement;
      const came = seen && active && isTextField(active) && !seen.fields.has(active) && active !== target;
      if (event.defaultPrevented && place === "editor" && active === target) {
        this.texts.keysIn(target).pressed(event);
        return effects.thaw();
      }
      const taken = event.defaultPrevented || came;
      if (!taken && watch.treeNow() === epoch && !(active && needsFocus(active))) return effects.thaw();
      this.wasAction(event, target, shot);
      if (taken) watch.touchedAround = true;
    });
  }

  private emit(event: KeyboardEvent, target: Element, shot = this.recorder.elements.describe(target)): void {
    const writes = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !(event.key === " " && isPressed(target));
    if (this.recorder.privacy.strikes(target, writes ? event.key : "")) return;
    this.enterDown = event.key === "Enter";
    this.toldSpace = event.key === " ";
    const body: Body = { kind: "press", target: shot, key: event.key };
    const modifiers = modifiersOf(event).filter((one) => one !== "Shift" || event.key.length > 1 || event.ctrlKey || event.metaKey);
    if (modifiers.length) body.modifiers = modifiers;
    this.recorder.act(body, isTextField(target) ? { own: target } : {});
  }
}

const meaningOf = (place: Place, kind: Kind): Meaning => TABLE[place].trim().split(/ +/)[COLUMNS.indexOf(kind)] as Meaning;

function placeOf(field: Element): Place {
  if (/^(BODY|HTML)$/.test(field.nodeName) && !editingHost(field)) return "nowhere";
  if (isEditor(field)) return "editor";
  const type = field.getAttribute("type") ?? "";
  if (field.nodeName === "INPUT" && type === "range") return "slider";
  if (isTextField(field)) return field.nodeName === "INPUT" ? "line" : "lines";
  if (field.nodeName === "SELECT") return "select";
  if (isToggle(field)) return "toggle";
  return WIDGETS.test(field.getAttribute("role") ?? "") ? "widget" : "plain";
}

function kindOf(event: KeyboardEvent): Kind {
  if (event.ctrlKey || event.metaKey) return "command";
  return KINDS.find(([, keys]) => keys.test(event.key))?.[0] ?? "function";
}

/** What a command key means in a plain field. */
function commandIn(event: KeyboardEvent): Meaning {
  const { key } = event;
  if (EDITS.test(key) || /^(Backspace|Delete)$/.test(key)) return "typing";
  if (/^(Arrow|Home|End|Page)/.test(key)) return "caret";
  return BROWSERS.test(key) && !event.shiftKey ? "caret" : "act";
}

/** Whether the keys that come next can only go to what has the focus now. */
const needsFocus = (active: Element): boolean => isEditor(editingHost(active) ?? active);

function isCombobox(field: Element): boolean {
  return field.getAttribute("role") === "combobox" || field.hasAttribute("aria-autocomplete") || field.hasAttribute("aria-expanded") || field.hasAttribute("aria-controls");
}
