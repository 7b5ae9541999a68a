// What the page showed after each action: one effect per action, sent once the page is quiet or the user goes on.
import { Comparison, restoreDigest, saveDigest, type Digest } from "./diff";
import { echoes, unseenTexts } from "./echoes";
import type { Elements } from "./elements";
import * as limits from "../limits";
import { native } from "../native";
import type { Carried, Host, Look, Pending } from "./pending";
import { Hovering } from "./hovering";
import type { Snapshot, Snapshots, Walk } from "./snapshot";
import type { Change, PageShot } from "../wire";
import type { Watch } from "./watch";

export class Effects {
  private underWay: Pending | null = null;
  private last: Snapshot | null = null;
  private lastEpoch = -1;
  private lateCause: { id: string; ms: number } | null = null;
  private readonly hovering: Hovering;
  private dueTimer = 0;
  /** The page right before the action that is about to be told. */
  private baseline: { snapshot: Snapshot; page: PageShot } | null = null;
  private frozen = false;
  private look: Look | null = null;
  private glimpsing: Walk | null = null;
  /** A look that nobody asked for yet. */
  private ahead: { epoch: number; walk: Walk } | null = null;
  private aheadMs = 0;
  /** How long the last look at the whole page took. */
  private walkMs = 0;
  /** The page became another before the pointer came to where it is, and was too large for a look just then. */
  private unseen = false;

  constructor(
    private readonly host: Host,
    private readonly watch: Watch,
    private readonly snapshots: Snapshots,
    private readonly elements: Elements,
  ) {
    this.hovering = new Hovering(watch);
  }

  /** The first document of a journey, or the next one after `carried`. */
  load(carried: Carried | null, cause: string | null): void {
    this.begin(cause, carried?.page ?? this.host.page(), restoreDigest(carried?.digest), limits.LOAD_WAIT_MS);
  }

  /** An action begins: what came before it is over. Called before the page's own handlers run. */
  before(own?: Element): void {
    if (own) this.underWay?.own.add(own);
    if (this.underWay) this.finish();
    else if (this.look) this.tellLate(Infinity);
    // What the page shows from now on, it shows because of what begins.
    this.lateCause = null;
    this.frozen = false;
    this.setBaseline();
  }

  /** A key may turn out to be an action: keeps the page as it is now for that case. */
  freeze(): void {
    const pending = this.underWay;
    if (pending && this.watch.now() !== pending.computedEpoch) this.compute(pending);
    this.frozen = true;
    this.setBaseline();
  }

  /** It was none. */
  thaw(): void {
    if (!this.frozen) return;
    this.frozen = false;
    this.baseline = null;
  }

  /** It was one: what came before is sent as it was when frozen. */
  finishFrozen(): void {
    if (this.underWay && this.frozen) this.send(this.underWay);
    this.frozen = false;
  }

  /** The page before the action that `act` told of last. */
  get pageBefore(): PageShot {
    return this.underWay?.page ?? this.host.page();
  }

  private setBaseline(): void {
    this.baseline = { snapshot: this.refresh(), page: this.host.page() };
  }

  /** The action `cause` begins, with the page as `before` left it. */
  act(cause: string, options: { deferred?: boolean; own?: Element; around?: Element } = {}): void {
    if (this.underWay) this.finish();
    if (!this.baseline) this.setBaseline();
    const { snapshot, page } = this.baseline!;
    this.baseline = null;
    this.watch.actionBegins(options.around);
    this.begin(cause, page, { kind: "live", snapshot }, limits.QUIET_WAIT_MS);
    if (this.underWay) {
      if (options.own) this.underWay.own.add(options.own);
      this.underWay.deferred = options.deferred ?? false;
      const field = options.deferred ? options.own : undefined;
      if (field) this.underWay.filling = { field, unseen: unseenTexts(field.ownerDocument) };
    }
  }

  touchField(element: Element): void {
    this.underWay?.own.add(element);
    this.watch.touch();
  }

  /** The action of a deferred effect has been sent. */
  undefer(cause: string): void {
    if (this.underWay?.cause === cause) this.underWay.deferred = false;
  }

  /** The deferred action never was one. */
  drop(cause: string): void {
    if (this.underWay?.cause === cause) this.underWay = null;
  }

  get cause(): string | null {
    return this.underWay?.cause ?? null;
  }

  get waiting(): boolean {
    return this.underWay !== null;
  }

  /** The pointer came over another element: what changes right now may be its hovering, not the last action. */
  hover(): void {
    const now = native.now();
    const stale = now - this.hovering.cameMs > 100 && this.watch.now() !== this.lastEpoch;
    // A page that is still loading changes by itself: what it has come to by then is no effect yet.
    const pending = this.hovered() || !this.host.ready() ? null : this.underWay;
    this.hovering.came();
    if (!stale || (this.unseen = this.walkMs > limits.HOVER_TASK_MS)) return;
    const mostMs = isLarge() ? limits.HOVER_TASK_MS : Infinity;
    this.unseen = !(pending ? this.lookOn(pending, pending.base, mostMs, false) : this.lookAhead(mostMs));
  }

  /** The pointer moves on, long after the action: what a page that is at rest answers now, it answers to that. */
  moved(): void {
    const soon = this.underWay && native.now() - this.underWay.sinceMs < 1_000;
    if (!soon && this.watch.now() === this.lastEpoch && !this.watch.unrestMs()) this.hovering.moved();
  }

  /** Whether the page changed only as the pointer came to where it is: that is no effect of the action before. */
  private hovered(): boolean {
    return this.hovering.changedPage(this.unseen);
  }

  /** What was visible before the pointer came to where it is. */
  seenBeforeHover(): Snapshot | null {
    return this.unseen || (this.underWay?.computedEpoch! < 0 && this.watch.now() !== this.lastEpoch) ? null : this.last;
  }

  /** The page goes somewhere by itself or by the browser's own buttons. */
  spontaneous(): void {
    const base: Digest = this.last ? { kind: "live", snapshot: this.last } : restoreDigest();
    this.begin(null, this.host.page(), base, limits.QUIET_WAIT_MS);
  }

  forget(): void {
    this.underWay = null;
    this.look = null;
    this.lateCause = null;
    this.baseline = null;
  }

  /** Sends what is known now. */
  finish(): void {
    const pending = this.underWay;
    if (!pending) return;
    if (!(pending.computedEpoch >= 0 && this.hovered()) && !this.frozen && this.watch.now() !== pending.computedEpoch) this.compute(pending);
    this.send(pending);
  }

  private send(pending: Pending): void {
    this.underWay = null;
    const changes = [...(pending.filling ? echoes(pending.filling, this.elements) : []), ...this.withTransients(pending)].slice(0, limits.CHANGES_MAX);
    this.host.emitEffect(pending.cause, pending.page, pending.after, changes, pending.settled, this.watch.touchedAround);
    this.lateCause = pending.cause ? { id: pending.cause, ms: native.now() } : null;
  }

  /** For the next document: the pending cause and the page as it was before the action. */
  carry(cause: string | null, page: PageShot): Carried {
    const pending = this.underWay;
    if (pending && cause === pending.cause) {
      this.underWay = null;
      return { cause, page: pending.page, digest: saveDigest(pending.base) };
    }
    this.finish();
    return { cause, page, digest: saveDigest({ kind: "live", snapshot: this.last ?? this.refresh() }) };
  }

  /** Resolves when the page is quiet, at the latest after `ms`. */
  async quiet(ms: number): Promise<void> {
    const end = native.now() + ms;
    for (;;) {
      const unrest = this.host.ready() ? this.watch.unrestMs(limits.END_QUIET_MS) : limits.QUIET_MS;
      const now = native.now();
      if (unrest === 0 || now >= end + (this.watch.awaits ? limits.REQUEST_WAIT_MS : 0)) return;
      await new Promise<void>((resolve) => native.later(resolve, Math.max(20, Math.min(unrest, end - now))));
    }
  }

  private begin(cause: string | null, page: PageShot, base: Digest, waitMs: number): void {
    this.look = null;
    this.glimpsing = null;
    this.underWay = {
      cause,
      page,
      base,
      sinceMs: native.now(),
      waitMs,
      own: new Set(),
      seen: new Map(),
      changes: [],
      after: page,
      computedEpoch: -1,
      glimpsedEpoch: -1,
      glimpsedMs: native.now(),
      settled: false,
      quietMs: 0,
      deferred: false,
      filling: null,
    };
    this.tickIn(limits.QUIET_MS);
  }

  private tickIn(ms: number): void {
    if (this.dueTimer) native.cancel(this.dueTimer);
    this.dueTimer = native.later(() => {
      this.dueTimer = 0;
      this.tick();
    }, ms);
  }

  private tick(): void {
    const pending = this.underWay;
    if (this.frozen) return this.tickIn(50);
    if (!pending) return this.late();
    const now = native.now();
    const waited = now - pending.sinceMs;
    const unrest = this.host.ready() ? this.watch.unrestMs() : limits.QUIET_MS;
    if (unrest > 0 && this.host.ready()) this.glimpse(pending);
    const patienceMs = pending.waitMs + (this.watch.awaits ? limits.REQUEST_WAIT_MS : 0);
    if (unrest > 0 && (pending.deferred || waited < patienceMs)) return this.tickIn(Math.max(50, Math.min(unrest, 250)));
    if (this.watch.now() !== pending.computedEpoch && !(pending.computedEpoch >= 0 && this.hovered())) {
      if (!this.lookOn(pending, pending.base, limits.TASK_MS, unrest > 0)) return this.tickIn(0);
      pending.quietMs = native.now();
    }
    const held = native.now() - pending.quietMs;
    if (pending.deferred || (held < limits.HOLD_MS && waited < limits.HOLD_MS * 2)) return this.tickIn(this.elements.indexes.learn() ? 250 : 0);
    this.finish();
    this.tickIn(500);
  }

  /** A large page became another one by itself: it is looked at before the user acts on it, for then it would have to wait. */
  changed(): void {
    if (!this.dueTimer && isLarge()) this.tickIn(limits.QUIET_MS);
  }

  private idle(): void {
    if (document.hidden) return;
    const restMs = this.watch.now() === this.lastEpoch ? 0 : Math.max(this.watch.unrestMs(), this.aheadMs + this.walkMs * GLIMPSE_GAP - native.now());
    if (restMs > 0 || !this.lookAhead(limits.TASK_MS) || !this.elements.indexes.learn()) this.tickIn(restMs);
  }

  /** Changes that come long after the action and before the next: sent as one more effect of the same action. */
  private late(): void {
    const late = this.lateCause;
    if (!late || native.now() - late.ms > limits.LATE_MS) return this.idle();
    if (this.last && !this.hovered() && this.watch.unrestMs() === 0 && (this.look || this.watch.now() !== this.lastEpoch)) {
      if (!this.tellLate(limits.TASK_MS)) return this.tickIn(0);
    }
    this.tickIn(1_000);
  }

  private tellLate(mostMs: number): boolean {
    const changes = this.lookOn(null, { kind: "live", snapshot: this.last! }, mostMs, false);
    const page = this.host.page();
    if (changes?.length && this.lateCause) this.host.emitEffect(this.lateCause.id, page, page, changes, true, false);
    return changes !== null;
  }

  private compute(pending: Pending): void {
    this.lookOn(pending, pending.base, Infinity, false);
  }

  /** Looks at the page for so long, from the start again where it has become another one, unless it never rests; the
   * changes once all was seen. */
  private lookOn(pending: Pending | null, base: Digest, mostMs: number, restless: boolean): Change[] | null {
    const epoch = this.watch.now();
    if (!this.look || this.look.of !== pending || (this.look.epoch !== epoch && !restless)) {
      const begun = this.look?.of === pending ? this.look.base : base;
      this.look = { of: pending, base: begun, epoch, walk: this.snapshots.begin(document), comparison: null };
    }
    const { look } = this;
    const startMs = native.now();
    if (!look.comparison) {
      if (!look.walk.run(mostMs)) return null;
      this.seen(look.walk, look.epoch);
      if (native.now() - startMs > mostMs) return null;
      look.comparison = new Comparison(look.base, look.walk.snapshot, { elements: this.elements, own: pending?.own ?? new Set(), words: this.host.words() });
    }
    if (!look.comparison.run(mostMs - (native.now() - startMs))) return null;
    this.look = null;
    const { changes } = look.comparison;
    if (pending) this.computed(pending, changes, look.epoch);
    return changes;
  }

  private computed(pending: Pending, changes: Change[], epoch: number): void {
    pending.computedEpoch = epoch;
    pending.changes = changes;
    pending.after = this.host.page();
    pending.settled = this.host.ready() && this.watch.unrestMs() === 0;
    for (const change of pending.changes) {
      if (change.change === "appeared" && change.element.live) pending.seen.set(keyOf(change), change);
    }
  }

  private seen(walk: Walk, epoch: number): void {
    this.last = walk.snapshot;
    this.lastEpoch = epoch;
    this.walkMs = walk.spentMs;
    this.aheadMs = native.now();
    this.unseen = false;
  }

  private refresh(): Snapshot {
    this.lookAhead(Infinity);
    return this.last!;
  }

  /** Looks at the page as it is now, for so long; true once it is known. */
  private lookAhead(mostMs: number): boolean {
    const epoch = this.watch.now();
    if (epoch === this.lastEpoch) return true;
    if (this.ahead?.epoch !== epoch) this.ahead = { epoch, walk: this.snapshots.begin(document) };
    if (!this.ahead.walk.run(mostMs)) return false;
    this.seen(this.ahead.walk, epoch);
    this.ahead = null;
    return true;
  }

  /** Short messages may go before the page is quiet: they are described as soon as they are there. */
  private glimpse(pending: Pending): void {
    const epoch = this.watch.treeNow();
    if (!this.glimpsing) {
      const gapMs = Math.max(GLIMPSE_MS, this.walkMs * GLIMPSE_GAP);
      if (epoch === pending.glimpsedEpoch || pending.seen.size > 20 || native.now() - pending.glimpsedMs < gapMs) return;
      pending.glimpsedEpoch = epoch;
      this.glimpsing = this.snapshots.begin(document);
    }
    const { snapshot } = this.glimpsing;
    if (!this.glimpsing.run(limits.TASK_MS)) return;
    this.walkMs = this.glimpsing.spentMs;
    this.glimpsing = null;
    pending.glimpsedMs = native.now();
    const before = pending.base.kind === "live" ? pending.base.snapshot.keys : pending.base.keys;
    for (const item of snapshot.items) {
      if (!item.el.isConnected || before.has(item.key) || item.masked || !item.text || !(item.live || isToast(item.el))) continue;
      const element = this.elements.describe(item.el, { most: limits.CHANGE_CANDIDATES_MAX, brief: true });
      const change: Change = { change: "appeared", element };
      if (!pending.seen.has(keyOf(change))) pending.seen.set(keyOf(change), change);
    }
  }

  private withTransients(pending: Pending): Change[] {
    const there = new Set(pending.changes.map(keyOf));
    const shown = pending.changes.map((change) => ("element" in change ? (change.element.text ?? "") : "")).join("\n");
    const gone = [...pending.seen.entries()]
      .filter(([key, change]) => !there.has(key) && change.change === "appeared" && !shown.includes(change.element.text ?? ""))
      .map(([, change]) => ({ ...change, transient: true }) as Change);
    return [...gone.slice(0, 5), ...pending.changes];
  }
}

const isLarge = (): boolean => document.getElementsByTagName("*").length > limits.LARGE_ELEMENTS;

const TOAST = /toast|snackbar|notif|flash|message|alert|growl/i;
const GLIMPSE_MS = 350;
/** Glimpses of a large page take so small a part of the time. */
const GLIMPSE_GAP = 12;

/** Whether the element looks like a passing message: by its class, or because it floats over the page. */
function isToast(element: Element): boolean {
  let up: Element | null = element;
  for (let depth = 0; up && depth < 4 && up.nodeName !== "BODY"; depth++, up = up.parentElement) {
    if (TOAST.test(up.getAttribute("class") ?? "") || getComputedStyle(up).position === "fixed") return true;
  }
  return false;
}

function keyOf(change: Change): string {
  const { tag, role, name, text } = change.element;
  return [change.change, tag, role, name, text].join("|");
}
