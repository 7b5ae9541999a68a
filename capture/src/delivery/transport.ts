// Delivery: every event is kept in memory and in sessionStorage until the server acknowledged it.
import type { Deliver } from "../config";
import * as limits from "../limits";
import { attempt, faults, guard, native, newId, rethrow, stop } from "../native";
import { Store } from "./store";

interface Queued {
  key: string;
  text: string;
}

/** What is left to other tabs. */
interface Left {
  url: string;
  atMs: number;
  texts: string[];
}

const QUEUE = "q.";
const LEFT = "left";

export class Transport {
  private unsent: Queued[] = [];
  private chars = 0;
  private dueTimer = 0;
  private sending = false;
  private failures = 0;
  /** Less than a body may hold while one of them is looked for that is refused. */
  private mostEvents = limits.BATCH_EVENTS_MAX;
  private heldUntilMs = 0;
  private waiting: (() => void)[] = [];
  private number = 0;
  /** Pages of a tab may both be there, one kept for the way back: neither writes over what the other keeps. */
  private readonly page = newId().slice(0, 4);
  /** A page that isn't there as a whole may show in its title what it masks further down. */
  private readonly startMs = native.now();

  /** `clean` takes what must not leave the page out of an event's JSON text, right before it is sent. */
  constructor(
    private readonly url: string,
    private readonly store: Store,
    private readonly clean: (text: string) => string,
    private readonly left: Store,
    private readonly deliver: Deliver | null,
    /** An event that says so, where the page may not send. */
    private readonly barred: () => string[],
  ) {
    this.resume();
    window.addEventListener("online", guard(() => this.retryNow()));
    document.addEventListener("securitypolicyviolation", guard((event) => this.forbidden(event)));
  }

  /** Takes over what pages of this tab kept, and what tabs left that were closed without a connection. */
  resume(): void {
    this.unsent = [];
    this.chars = 0;
    for (const key of this.store.names(QUEUE).sort()) {
      this.number = Math.max(this.number, parseInt(key.slice(QUEUE.length, QUEUE.length + 8), 36) || 0);
      const text = this.store.read(key);
      if (text !== null) this.keep(key, text);
    }
    const left = this.left.json<Left>(LEFT);
    this.left.drop(LEFT);
    const fresh = left && left.url === this.url && native.now() - left.atMs < limits.IDLE_MS ? left.texts : [];
    for (const text of fresh) if (!this.unsent.some((one) => one.text === text)) this.enqueue(text);
    if (this.unsent.length) this.schedule(0);
  }

  enqueue(text: string): void {
    this.number += 1;
    const key = QUEUE + ("0000000" + this.number.toString(36)).slice(-8) + this.page;
    this.keep(key, text);
    this.store.write(key, text);
    while (this.chars > limits.QUEUE_CHARS_MAX && this.unsent.length > 1) this.forget(this.unsent.slice(0, 1));
    this.schedule(limits.SEND_AFTER_MS);
  }

  private keep(key: string, text: string): void {
    this.unsent.push({ key, text });
    this.chars += text.length;
  }

  /** Keeps events back for a while: a secret may be on the page that we know only once it was typed. */
  hold(ms: number): void {
    this.heldUntilMs = native.now() + ms;
    if (ms <= 0) this.schedule(0);
  }

  /** Resolves once nothing is left to acknowledge, or after `ms`. */
  async drained(ms: number): Promise<void> {
    this.heldUntilMs = 0;
    this.retryNow();
    if (!this.unsent.length) return;
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      native.later(resolve, ms);
    });
  }

  /** The page is going: hand over what a beacon carries; the rest stays in sessionStorage for the next page. */
  leave(): void {
    const body = this.batch(limits.KEEPALIVE_CHARS_MAX);
    if (!body.events.length) return;
    if (!this.deliver && (this.failures || !navigator.onLine)) this.leaveBehind(this.batch(limits.LEFT_CHARS_MAX).texts);
    const sent = !this.deliver && attempt(() => navigator.sendBeacon(this.url, body.text), false);
    if (!sent) this.post(body.text, true).catch(() => undefined);
  }

  /** Nobody is there to take it, and the tab may be closed: the next page of this origin tells it. Ids fold what comes twice. */
  private leaveBehind(more: string[]): void {
    const before = this.left.json<Left>(LEFT)?.texts ?? [];
    const texts = [...before, ...more].slice(-limits.LEFT_EVENTS_MAX);
    this.left.write(LEFT, JSON.stringify({ url: this.url, atMs: native.now(), texts } satisfies Left));
  }

  /** The page's policy keeps us from the server: nothing is done any more, and the next page of the origin tells of it. */
  private forbidden({ blockedURI, disposition }: SecurityPolicyViolationEvent): void {
    if (disposition !== "enforce" || !this.url.startsWith(blockedURI) || !/^https?:/.test(blockedURI)) return;
    const told = this.barred();
    this.forget([...this.unsent]);
    this.leaveBehind(told);
    stop(`the page's Content-Security-Policy allows no connection to ${blockedURI}`);
    console.warn(`journeywright: ${faults.last}`);
  }

  retryNow(): void {
    this.failures = 0;
    this.schedule(0);
  }

  private schedule(ms: number): void {
    if (this.dueTimer) native.cancel(this.dueTimer);
    this.dueTimer = native.later(() => {
      this.dueTimer = 0;
      this.send().catch(rethrow);
    }, ms);
  }

  private batch(charsMax: number): { events: Queued[]; texts: string[]; text: string } {
    const events: Queued[] = [];
    const texts: string[] = [];
    let chars = 0;
    for (const one of this.unsent) {
      const text = this.clean(one.text);
      if (events.length >= this.mostEvents || (events.length && chars + text.length > charsMax)) break;
      if (charsMax === limits.KEEPALIVE_CHARS_MAX && text.length > charsMax) continue;
      events.push(one);
      texts.push(text);
      chars += text.length;
    }
    return { events, texts, text: `{"events":[${texts.join(",")}]}` };
  }

  private async send(): Promise<void> {
    if (this.sending || !this.unsent.length) return;
    const held = this.heldUntilMs - native.now();
    if (held > 0) return this.schedule(held);
    if (document.readyState !== "complete" && native.now() - this.startMs < limits.SECRET_HOLD_MS) return this.schedule(limits.SEND_AFTER_MS);
    const body = this.batch(this.failures > 2 ? limits.KEEPALIVE_CHARS_MAX : limits.BATCH_CHARS_MAX);
    this.sending = true;
    const answer = await this.post(body.text, body.text.length < limits.KEEPALIVE_CHARS_MAX).catch(() => null);
    this.sending = false;
    const status = answer?.status ?? 0;
    if (status >= 200 && status < 300) {
      this.failures = 0;
      this.mostEvents = Math.min(limits.BATCH_EVENTS_MAX, this.mostEvents * 2);
      this.forget(body.events);
    } else if (status >= 400 && status < 500 && ![401, 403, 404, 408, 425, 429].includes(status)) {
      // A refused body is tried again in halves, so that one bad event can't take the others with it.
      if (body.events.length > 1) this.mostEvents = Math.ceil(body.events.length / 2);
      else this.forget(body.events);
    } else {
      this.failures += 1;
      return this.schedule(this.backoff(Number(answer?.headers.get("Retry-After") ?? 0) * 1000));
    }
    if (this.unsent.length) this.schedule(0);
  }

  private backoff(askedMs: number): number {
    const grown = Math.min(limits.RETRY_MAX_MS, limits.RETRY_MIN_MS * 2 ** Math.min(this.failures, 8));
    return Math.max(askedMs, grown * (0.75 + Math.random() / 2));
  }

  // Not async: to return a promise from such a function calls its `then`, which a page may have replaced.
  private post(text: string, keepalive: boolean): Promise<Response> {
    if (this.deliver) return this.handOver(this.deliver, text);
    return fetch(this.url, {
      method: "POST",
      body: text,
      keepalive,
      credentials: "omit",
      headers: { "Content-Type": "text/plain;charset=UTF-8" },
    });
  }

  private async handOver(deliver: Deliver, text: string): Promise<Response> {
    return new Response(null, { status: await deliver(text) });
  }

  private forget(events: Queued[]): void {
    const gone = new Set(events.map((one) => one.key));
    this.unsent = this.unsent.filter((one) => !gone.has(one.key));
    this.chars = this.unsent.reduce((chars, one) => chars + one.text.length, 0);
    for (const key of gone) this.store.drop(key);
    if (!this.unsent.length) this.waiting.splice(0).forEach((resolve) => resolve());
  }
}
