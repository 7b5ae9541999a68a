// What never leaves the page: masked regions, secrets by the kind of field, and the texts of both wherever they show.
import { safeAddress } from "./addresses";
import { Beginnings } from "./beginnings";
import { Channel } from "../delivery/channel";
import type { Config, Mask } from "../config";
import { isTextField, parentOf, squash, visible } from "../page/dom";
import { hash64 } from "../hash";
import { VALUE_CHARS_MAX } from "../limits";
import { attempt, decoded, native } from "../native";
import { HOLE, readBy } from "../page/reader";
import { asksAround, digitOf, padOf, StruckKeys } from "./drawnkeys";
import { boxesOf, holdsCard, kindByWords, kindOfBoxes, ownKind, withoutCards } from "./secretfields";
import type { Store } from "../delivery/store";
import { mapTexts, spelledIn } from "./texts";
import type { Watch } from "../page/watch";
import { Withheld } from "./withheld";
import type { Secret, WireEvent } from "../wire";

const MARKED = "[data-mask]:not([data-mask=false])";
const FIELDS = "input,textarea,[contenteditable]";
/** Whose words are the program's, though they stand in a masked region. */
const COMMON = "button,th,label,legend,summary,nav,[role=button],[role=tab],[role=menuitem],[role=columnheader]";
const NOT_TEXT = /^(class|style|type|role|d|on.*|rel|target|tabindex|method|lang|dir|width|height|viewbox|points|transform|fill|stroke|xmlns.*|data-mask)$/;
const NAMES = /^(id|name|for|list|form|aria-(controls|labelledby|describedby|owns|activedescendant)|data-(testid|test-id|test|cy|qa))$/;
const ADDRESS = /^(href|src|action|formaction|poster|srcset)$/;
const ATTRIBUTE_CHARS_MAX = 500;
const CHANNEL = "journeywright.withheld";
const JUST_MS = 300;
type Shared = ReturnType<Withheld["kept"]>;
/** What a TreeWalker shows. */
const ELEMENTS_AND_TEXTS = 1 | 4;
const LEARNED_NODES_MAX = 6_000;
/** Where nothing seems to have changed: style sheets change what stands there without a word. */
const AGAIN_NODES_MAX = 500;

export class Privacy {
  private readonly wasPassword = new WeakSet<Element>();
  private readonly passwordNames = new Set<string>();
  private readonly typed = new Map<string, Secret>();
  private readonly secrets: Withheld;
  private readonly documents = new WeakMap<Document, Mask>();
  private marks = new WeakMap<Element, boolean>();
  /** The trees whose changes are heard, while nothing is masked in any of them or around them. */
  private plain: Set<Node> | null = null;
  private documentsMasked = false;
  private marksEpoch = -1;
  private learnedEpoch = -1;
  private readonly values = new WeakMap<Element, string>();
  private watch: Watch | null = null;
  private beginnings: Beginnings | null = null;
  /** The field that a secret is being typed into: what it holds is not the whole yet. */
  typing: Element | null = null;
  /** The field that a secret was last typed into, and what it held then. */
  private last: Element | null = null;
  private lastValue = "";
  private maskedChangeMs = 0;
  private readonly struck = new StruckKeys();
  /** What has a shadow tree that nobody can see. */
  readonly closed = new WeakSet<Element>();
  private readonly others: Channel<Shared | null>;

  constructor(
    private readonly config: Config,
    private readonly salt: string,
    private readonly session: Store,
  ) {
    this.secrets = new Withheld(salt, session.json("withheld"));
    this.others = new Channel(CHANNEL, (told) => {
      if (told) this.secrets.take(told);
      else this.share();
    });
    this.others.say(null);
    readBy((element) => this.isMarked(element), (element) => this.masked(element, true) || (element.nodeName !== "SELECT" && ownKind(element) !== undefined));
  }

  /** Says what tells of changes. */
  by(watch: Watch): void {
    this.watch = watch;
  }

  /** A frame's document asks for a mask of its own. */
  maskDocument(doc: Document, mask: Mask): void {
    if (mask) {
      this.documents.set(doc, mask);
      this.documentsMasked = true;
    }
    this.plain = null;
    this.marksEpoch = -1;
  }

  /** Whether texts of the element are withheld; `values` asks about what is typed into it as well. */
  masked(element: Element, values = false): boolean {
    this.look();
    return this.isMarked(element) || (values && (this.config.mask || this.documents.get(element.ownerDocument)) === "fields");
  }

  /** Whether the page as a whole is masked: its title and what stands in its address as well. */
  get masksAll(): boolean {
    return [document.documentElement, document.body].some((element) => element && this.masked(element));
  }

  /** Whether the window's document is masked. */
  masksDocument(doc: Document): boolean {
    return doc.documentElement !== null && (this.masked(doc.documentElement) || (doc.body !== null && this.isMarked(doc.body)));
  }

  get title(): string {
    const element = document.querySelector("title");
    return this.masksAll || (element && this.isMarked(element)) ? "" : document.title;
  }

  private look(): void {
    const epoch = this.watch?.now() ?? 0;
    if (epoch === this.marksEpoch) return;
    this.marksEpoch = epoch;
    this.marks = new WeakMap();
    const roots = this.watch?.roots() ?? [];
    const frame = attempt(() => window.frameElement, null);
    if (this.plain && !frame && roots.every((root) => this.plain!.has(root))) return;
    this.plain = null;
    if (this.config.mask === "all" || this.documentsMasked || (frame && this.isMarked(frame)) || roots.some((root) => root.querySelector(MARKED))) return;
    this.plain = new Set<Node>(roots);
  }

  /** Whether nothing is masked anywhere in the page as it is now. */
  get isPlain(): boolean {
    this.look();
    return this.plain !== null;
  }

  /** Marked itself, or within what is marked: in its tree, in the shadow tree that it is shown in, by its frame. */
  private isMarked(element: Element): boolean {
    if (this.plain?.has(element.getRootNode())) return false;
    const known = this.marks.get(element);
    if (known !== undefined) return known;
    const up = parentOf(element);
    const around = up ?? attempt(() => element.ownerDocument.defaultView?.frameElement ?? null, null);
    const doc = element.ownerDocument;
    const marked =
      this.config.mask === "all" ||
      element.matches(MARKED) ||
      (around !== null && this.isMarked(around)) ||
      (element.assignedSlot !== null && this.isMarked(element.assignedSlot)) ||
      (up === null && this.documents.get(doc) === "all");
    this.marks.set(element, marked);
    return marked;
  }

  /** What kind of secret the field takes, or its value is, if any. */
  kindOf(field: Element, value = ""): Secret | undefined {
    const own = this.isPassword(field) ? "password" : (ownKind(field) ?? this.kindByBoxes(field));
    if (own) return own;
    if (this.masked(field, true)) return "masked";
    if (!value) return undefined;
    if (holdsCard(value)) return "card";
    return this.typed.get(value) ?? (this.clean(value) !== value ? "masked" : undefined);
  }

  private kindByBoxes(field: Element): Secret | undefined {
    const boxes = boxesOf(field);
    return boxes.length ? kindOfBoxes(boxes) : undefined;
  }

  /** Once a password, always one: also where a page puts another field in the place of it to show it. */
  private isPassword(field: Element): boolean {
    const names = [field.getAttribute("id"), field.getAttribute("name")].filter(Boolean) as string[];
    if (field.getAttribute("type")?.toLowerCase() === "password") {
      this.wasPassword.add(field);
      names.forEach((name) => this.passwordNames.add(name));
      return true;
    }
    if (isTextField(field) && this.goesOn(field)) this.wasPassword.add(field);
    return this.wasPassword.has(field) || (isTextField(field) && names.some((name) => this.passwordNames.has(name)));
  }

  /** Whether the page put the field in the place of the one that a secret was being typed into. */
  private goesOn(field: HTMLInputElement | HTMLTextAreaElement): boolean {
    const { last, lastValue } = this;
    return last !== null && last !== field && lastValue !== "" && field.value.startsWith(lastValue) && !visible(last);
  }

  /** What kind of secret a question asks for. */
  kindAsked(message: string): Secret | undefined {
    return kindByWords(message) ?? (this.config.mask || this.masksAll ? "masked" : undefined);
  }

  /** Whether the element, or a key pressed there, is one of those by which a secret is entered without a field: together they are withheld. */
  strikes(element: Element, key?: string): unknown {
    const isBody = element.nodeName === "BODY" && /\d/.test(key!) && asksAround(element);
    const hides = isBody || this.kindOf(element) || this.closed.has(element);
    const pad = padOf(element);
    if (pad ?? (key && hides)) {
      const secrets = this.struck.write(key ?? digitOf(element)!, pad);
      if (!this.masked(element)) for (const one of secrets) this.secrets.addSecret(one);
      return true;
    }
    this.struck.leave(element, hides);
    return key && native.now() - this.maskedChangeMs < JUST_MS;
  }

  /** Whether a secret may be typed anywhere in the page as it is now. */
  get asksSecret(): boolean {
    const asks = (field: Element): unknown => (isTextField(field) || field.nodeName !== "INPUT") && this.kindOf(field);
    return this.watch!.roots().some((root) => [...root.querySelectorAll(FIELDS)].some(asks));
  }

  /** Keeps a secret's hash, so that its value is taken out of all that is sent from now on; gives its token. */
  remember(value: string, kind: Secret): string {
    if (kind === "masked") this.secrets.addMasked(value, false);
    else {
      this.typed.set(value, kind);
      this.secrets.addSecret(value);
    }
    this.save();
    this.share();
    return this.token(value);
  }

  /** The user types into the field: pages may repeat what there is of a secret already. */
  hears(field: Element, value: string): void {
    const kind = this.kindOf(field);
    if (!kind) return;
    if (this.typing !== field) this.beginnings = new Beginnings(() => this.watch?.roots() ?? [], (one) => this.kindOf(one), this.salt);
    this.typing = this.last = field;
    this.lastValue = value;
    this.beginnings!.grow(value);
    this.learnBoxes(field);
  }

  /** The user leaves the field: of what was typed there, the page may go on showing beginnings that it showed. */
  heard(): void {
    if (this.typing) for (const one of this.beginnings!.shown()) this.secrets.addBeginning(one);
    this.typing = null;
  }

  /** An event that follows from typing a secret, without any beginning of it. */
  withoutBeginnings(event: WireEvent): WireEvent {
    return this.beginnings ? (mapTexts(event, (text) => this.beginnings!.clean(text, event.kind === "request" && text === event.url)) as WireEvent) : event;
  }

  /** The page is shown again as it was left: other pages of the tab and other tabs went on meanwhile. */
  resume(): void {
    const kept = this.session.json<Shared>("withheld");
    if (kept) this.secrets.take(kept);
    this.others.say(null);
  }

  /** Leaves what is withheld to the next page of the tab. */
  save(): void {
    this.session.write("withheld", JSON.stringify(this.secrets.kept()));
  }

  /** Other tabs of the session may show a secret as well. */
  private share(): void {
    this.others.say(this.secrets.kept());
  }

  /** Before what changed is told one by one: something may be masked now that wasn't. */
  mayMask(records: MutationRecord[], masks: boolean): void {
    const marks = (node: Node): boolean => node.nodeType === 1 && ((node as Element).matches(MARKED) || (node as Element).querySelector(MARKED) !== null);
    if (this.plain && (masks || records.some(({ addedNodes }) => [...addedNodes].some(marks)))) this.plain = null;
  }

  /** The page changed something at the element. */
  changed(element: Element): void {
    if (this.isMarked(element)) this.maskedChangeMs = native.now();
  }

  /** The page put something in, wrote a text, or shows more where the pointer is: it may be gone before the next look, and told elsewhere. */
  came(node: Node, most = LEARNED_NODES_MAX): void {
    if (this.config.mask === "all" || this.plain?.has(node.getRootNode())) return;
    const around = parentOf(node);
    const masked = around !== null && this.isMarked(around);
    if (node.nodeType === 3 && masked) this.learnText(node.nodeValue, around);
    if (node.nodeType !== 1) return;
    const element = node as Element;
    const tops = masked || element.matches(MARKED) ? [element] : element.querySelectorAll(MARKED);
    for (const top of tops) most = this.learnInside(top, most);
  }

  /** Tells equal secrets of one session apart from others; says nothing without the salt, which is never sent. */
  token(value: string): string {
    return hash64(`${this.salt}/${value}/${this.salt}`, 7).slice(0, 8);
  }

  /** Notes what stands in masked elements and in fields for secrets now. */
  learn(): void {
    if (!this.watch) return;
    this.look();
    const news = this.marksEpoch !== this.learnedEpoch;
    this.learnedEpoch = this.marksEpoch;
    let left = news ? LEARNED_NODES_MAX : AGAIN_NODES_MAX;
    for (const root of this.watch.roots()) {
      for (const field of root.querySelectorAll(FIELDS)) this.learnField(field);
      if ((root as Document).designMode === "on") this.learnField((root as Document).body);
      if (!this.plain?.has(root)) for (const top of this.tops(root)) left = this.learnInside(top, left);
    }
  }

  /** Whether something that is withheld stands in the text. */
  hides(text: string): boolean {
    return this.clean(text) !== text;
  }

  private learnField(field: Element): void {
    const unseen = (field as HTMLInputElement).type === "hidden";
    const box = isTextField(field) || unseen;
    const value = box ? (field as HTMLInputElement).value : (field.textContent ?? "").slice(0, VALUE_CHARS_MAX);
    if (box && !unseen) this.isPassword(field);
    // Asked again once it is left: its style may show dots from then on.
    const known = value + field.matches(":focus");
    if (!value || field === this.typing || this.values.get(field) === known) return;
    this.values.set(field, known);
    const kind = this.kindOf(field);
    if (kind && kind !== "masked" && !unseen) this.secrets.addSecret(value);
    else if (kind && box) this.secrets.addMasked(value, false);
    if (kind) this.learnBoxes(field);
  }

  private learnBoxes(field: Element): void {
    const boxes = boxesOf(field);
    if (boxes.every((box) => box.value)) this.secrets.addSecret(boxes.map((box) => box.value).join(""));
  }

  /** The outermost masked elements of a tree. */
  private *tops(root: Document | ShadowRoot): Generator<Element> {
    const outer = root.nodeType === 9 ? (root as Document).documentElement : (root as ShadowRoot).host;
    if (outer && this.isMarked(outer)) for (const one of root.children) yield one;
    else for (const one of root.querySelectorAll(MARKED)) if (!(parentOf(one) && this.isMarked(parentOf(one)!))) yield one;
  }

  private learnInside(top: Element, left: number): number {
    const walker = top.ownerDocument.createTreeWalker(top, ELEMENTS_AND_TEXTS);
    for (let node: Node | null = top; node && left > 0; node = walker.nextNode(), left--) {
      if (this.typing?.contains(node)) continue;
      if (node.nodeType === 1) this.learnElement(node as Element);
      else this.learnText(node.nodeValue, node.parentElement);
      if (node.nodeName !== "SLOT") continue;
      for (const one of (node as HTMLSlotElement).assignedElements()) left = this.learnInside(one, left - 1);
      for (const one of (node as HTMLSlotElement).assignedNodes()) if (one.nodeType === 3) this.learnText(one.nodeValue, null);
    }
    return left;
  }

  private learnElement(element: Element): void {
    if (/^(SCRIPT|STYLE)$/.test(element.nodeName)) return;
    for (const { name, value } of element.attributes) {
      if (!value || value.length > VALUE_CHARS_MAX || NOT_TEXT.test(name)) continue;
      if (ADDRESS.test(name)) this.learnAddress(value, element);
      else this.secrets.addMasked(value, NAMES.test(name));
    }
    if (isTextField(element)) this.secrets.addMasked(element.value, false);
    if (this.config.mask !== "all")
      for (const part of ["::before", "::after"]) {
        const { content } = getComputedStyle(element, part);
        if (/"/.test(content)) this.learnText(content, element);
      }
    if (element.firstElementChild && element.textContent!.length <= ATTRIBUTE_CHARS_MAX) this.learnText(element.textContent, element);
  }

  private learnText(text: string | null, parent: Element | null): void {
    const plain = squash(text?.slice(0, VALUE_CHARS_MAX));
    if (!plain || /^(SCRIPT|STYLE)$/.test(parent?.nodeName ?? "")) return;
    const control = parent?.closest(COMMON);
    this.secrets.addMasked(plain, Boolean(control && this.isMarked(control)));
  }

  /** Where only a part of the page is masked, the last step of a path there says what it leads to. */
  private learnAddress(value: string, element: Element): void {
    const url = attempt(() => new URL(value, element.baseURI), null);
    if (!url || /^(javascript|data|blob):/.test(url.protocol)) return;
    const parts = url.pathname.split("/").map(decoded);
    const last = parts.length - 1;
    parts[last] += " " + parts[last]!.replace(/\.\w+( .*)?$/, "");
    parts.forEach((part, at) => this.secrets.addMasked(part, this.masksAll || at < last));
    url.searchParams.forEach((part) => this.secrets.addMasked(part, false));
    this.secrets.addMasked(decoded(url.hash.slice(1)), true);
  }

  /** A text as it may be told; the page's own origin always. */
  private told(text: string): string {
    const { origin } = location;
    return text.startsWith(origin + "/") ? origin + safeAddress(this.clean(text.slice(origin.length))) : safeAddress(this.clean(text));
  }

  /** A text without what is withheld. */
  private clean(text: string): string {
    return withoutCards(this.secrets.clean(text), HOLE);
  }

  /** An event's JSON text without anything that is withheld: the one way out of the page. */
  redactJson(json: string): string {
    this.learn();
    const event = mapTexts(JSON.parse(json), (text) => this.told(text));
    const spelled = spelledIn(event, (text) => this.clean(text));
    return JSON.stringify(spelled.size ? mapTexts(event, (text) => (spelled.has(text) ? HOLE : text)) : event);
  }
}
