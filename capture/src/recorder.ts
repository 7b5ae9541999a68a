// The hub of one top-level document: stamps and queues events, and knows which action is under way.
import { addressOf, type Config } from "./config";
import { cut } from "./page/dom";
import { Effects } from "./page/effects";
import type { Carried, Host } from "./page/pending";
import { Elements } from "./page/elements";
import { Identity } from "./delivery/identity";
import * as limits from "./limits";
import { Locators } from "./page/locators";
import { faults, native, newId, onFault } from "./native";
import { Indexes, Known } from "./page/pageindex";
import { bareUrl } from "./privacy/addresses";
import { Privacy } from "./privacy/privacy";
import { placeOf } from "./selfcheck";
import { Snapshots } from "./page/snapshot";
import { Store } from "./delivery/store";
import { Transport } from "./delivery/transport";
import { Watch } from "./page/watch";
import type { Body, Change, ElementShot, PageShot, WireEvent } from "./wire";

const DOUBLE_CLICK_MS = 500;
const WORDS_MAX = 30;
const FAULTS_TOLD_MAX = 3;

export interface Action {
  id: string;
  ms: number;
}

interface Waiting {
  event: WireEvent;
  sendAtMs: number;
}

/** What a document leaves for the next one in its tab. */
export interface Handover {
  carried: Carried;
  action: Action | null;
  /** Whether the page itself began the navigation; null where the browser can't tell. */
  initiated: boolean | null;
  method: string;
  words: string[];
  journey: string;
  atMs: number;
}

export class Recorder implements Host {
  readonly session = Store.session();
  readonly local = Store.local();
  readonly identity: Identity;
  readonly privacy: Privacy;
  readonly transport: Transport;
  readonly indexes: Indexes;
  readonly elements: Elements;
  readonly watch: Watch;
  readonly effects: Effects;
  /** The latest action, for as long as something may follow from it. */
  action: Action | null = null;
  /** The pointer went down: what follows from it before the action is told follows from that action. */
  press: Action | null = null;
  /** Whether the body of a request holds what the user is typing. */
  takesTyping: (body: unknown) => boolean = () => false;
  /** The latest fill of a secret: what follows from it may hold beginnings of it. */
  secretFill = "";
  private typed: string[] = [];
  private outbox: Waiting[] = [];
  private dueTimer = 0;
  private held = false;
  private readonly flushers: (() => void)[] = [];

  constructor(
    readonly config: Config,
    onShadow: (root: ShadowRoot) => void,
  ) {
    this.identity = new Identity(this.session, this.local);
    this.privacy = new Privacy(config, this.identity.salt, this.session);
    this.transport = new Transport(addressOf(config), this.session, (text) => this.privacy.redactJson(text), this.local, config.deliver, () => {
      const told = this.emit({ kind: "recorder_error", error: "send", where: "csp" });
      return told ? [this.privacy.redactJson(JSON.stringify(told))] : [];
    });
    const known = new Known();
    this.watch = new Watch(onShadow, (change) => {
      if (change.masks) known.forgetAll();
      else known.forget(change);
      this.privacy.changed(change.element);
    }, (node) => this.privacy.came(node), (records, masks) => this.privacy.mayMask(records, masks), () => this.effects?.changed());
    this.privacy.by(this.watch);
    this.indexes = new Indexes(this.watch, known, () => this.privacy.isPlain);
    this.elements = new Elements(this.indexes, new Locators(config), this.privacy);
    onFault((error) => this.tellFault(error));
    this.effects = new Effects(this, this.watch, new Snapshots(this.indexes, this.privacy), this.elements);
  }

  /** Has `flush` called whenever what is half done must be sent: before another action and before the page goes. */
  beforeOthers(flush: () => void): void {
    this.flushers.push(flush);
  }

  page(): PageShot {
    const url = this.privacy.masksAll ? bareUrl(location.href) : location.href;
    return { url: cut(url, limits.URL_CHARS_MAX), title: cut(this.privacy.title, limits.TEXT_CHARS_MAX), width_px: innerWidth, height_px: innerHeight };
  }

  words(): string[] {
    return this.typed;
  }

  /** Notes words of the user, by which changes of the page are told to matter. */
  addWords(text: string | undefined): void {
    const word = (text ?? "").trim().toLowerCase().slice(0, 60);
    if (word.length < 3 || this.typed.includes(word)) return;
    this.typed = [...this.typed, word].slice(-WORDS_MAX);
  }

  restoreWords(words: string[]): void {
    this.typed = words;
  }

  ready(): boolean {
    return document.readyState === "complete";
  }

  /** The action that is about to be told, or the latest one. */
  get underWay(): Action | null {
    return this.press ?? this.action;
  }

  /** The action that something may follow from which happens now. */
  cause(): string | null {
    const current = this.underWay;
    return current && native.now() - current.ms < limits.CAUSE_MS ? current.id : null;
  }

  /** An action of the user begins, and the page hasn't heard of it yet; `own` is the field that it changes. */
  before(own?: Element): void {
    for (const flush of this.flushers) flush();
    this.effects.before(own);
  }

  /** The id of the action that comes of the press, or of one without a press. */
  nextId(): string {
    return this.press?.id ?? newId();
  }

  /** The action happened: it is queued, and its effect is waited for. */
  act(body: Body & { target?: ElementShot }, options: { id?: string; own?: Element; around?: Element } = {}): string {
    const id = options.id ?? this.nextId();
    this.effects.act(id, options);
    this.noteAction(id);
    this.addWords(body.target?.name ?? body.target?.text);
    this.emit(body, { id, page: this.effects.pageBefore });
    return id;
  }

  /** The user was asked something: what follows still follows from the same action. */
  touchAction(): void {
    if (this.underWay) this.underWay.ms = native.now();
    this.watch.touch();
  }

  /** The page is shown again as it was left. */
  resume(): void {
    if (this.identity.resume()) this.reset();
    this.privacy.resume();
    this.transport.resume();
  }

  /** A journey ended: nothing of it lives on. */
  reset(): void {
    this.action = null;
    this.typed = [];
    this.effects.forget();
  }

  noteAction(id: string): void {
    this.identity.open();
    this.press = null;
    this.action = { id, ms: native.now() };
  }

  emitEffect(cause: string | null, page: PageShot, after: PageShot, changes: Change[], settled: boolean, touched: boolean): void {
    this.holdForSecret();
    this.emit({ kind: "effect", cause, after, changes, settled, touched: touched || undefined }, { page });
  }

  /** An error of our own: the first few of a page are told. */
  private tellFault(error: unknown): void {
    if (faults.count <= FAULTS_TOLD_MAX) this.emit({ kind: "recorder_error", error: "fault", where: placeOf(error) });
  }

  emit(body: Body, options: { id?: string; page?: PageShot; typing?: boolean } = {}): WireEvent | null {
    if (!this.identity.journeyOpen) return null;
    const stamp = this.identity.stamp();
    let event = {
      v: 1,
      id: options.id ?? newId(),
      app: this.config.app,
      session_id: this.identity.sessionId,
      journey_id: this.identity.journeyId,
      tab_id: this.identity.tabId,
      ...stamp,
      source: "capture",
      user_id: this.config.test || undefined,
      traffic: this.config.traffic || undefined,
      page: options.page ?? this.page(),
      ...body,
    } as WireEvent;
    if (this.privacy.typing || options.typing || (body as { cause?: string }).cause === this.secretFill) event = this.privacy.withoutBeginnings(event);
    const waitMs = body.kind === "click" ? DOUBLE_CLICK_MS : 0;
    this.outbox.push({ event, sendAtMs: native.now() + waitMs });
    this.sendDue();
    return event;
  }

  /** The queued click that another one just made a double click, as long as it hasn't been sent. */
  unsent(id: string): WireEvent | null {
    return this.outbox.find((one) => one.event.id === id)?.event ?? null;
  }

  /** Hands everything that waits to the transport. */
  flush(): void {
    for (const flush of this.flushers) flush();
    this.sendDue(true);
  }

  /** A page that asks for a password may show it as well: what is told of the page waits until we know it. */
  private holdForSecret(): void {
    if (this.held || !document.querySelector("input[type=password]")) return;
    this.held = true;
    this.transport.hold(limits.SECRET_HOLD_MS);
  }

  /** Hands over what is due, in order. */
  sendDue(all = false): void {
    const now = native.now();
    while (this.outbox[0] && (all || this.outbox[0].sendAtMs <= now)) this.send(this.outbox.shift()!.event);
    if (this.dueTimer) native.cancel(this.dueTimer);
    const next = this.outbox[0];
    this.dueTimer = next ? native.later(() => this.sendDue(), next.sendAtMs - now) : 0;
  }

  private send(event: WireEvent): void {
    let text = JSON.stringify(event);
    if (event.kind === "effect") {
      while (text.length > limits.EVENT_CHARS_MAX && event.changes.length > 1) {
        event.changes = event.changes.slice(0, Math.floor(event.changes.length / 2));
        text = JSON.stringify(event);
      }
    }
    if (text.length > limits.EVENT_CHARS_MAX) return;
    this.transport.enqueue(this.privacy.redactJson(text));
  }
}
