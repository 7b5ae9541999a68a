// The requests that the page sends, without their bodies: method, address, status, and the action they followed from.
import type { Config } from "./config";
import { cut } from "./dom";
import { REQUESTS_PER_ACTION_MAX, URL_CHARS_MAX } from "./limits";
import { attempt, guard } from "./native";
import { bareUrl } from "./addresses";
import type { Recorder } from "./recorder";

interface Sent {
  method: string;
  url: string;
  type: string;
  cause: string | null;
  /** It took along what the user was typing just then. */
  typing: boolean;
  /** Told without the values in its address. */
  bare: boolean;
  done: boolean;
}

type Realm = Window & typeof globalThis;

export class Requests {
  private readonly wrapped = new WeakSet<object>();
  private readonly open = new Set<Sent>();
  private counted: { cause: string | null; count: number } = { cause: null, count: 0 };

  constructor(
    private readonly recorder: Recorder,
    private readonly config: Config,
  ) {}

  wrap(realm: Realm): void {
    this.wrapFetch(realm);
    this.wrapXhr(realm);
    this.wrapBeacon(realm);
    this.wrapSockets(realm);
  }

  /** The page is going: requests that have had no answer yet are told without one. */
  leave(): void {
    for (const sent of this.open) this.end(sent, null);
  }

  private begin(realm: Realm, method: string, url: string, type: string, body?: unknown): Sent | null {
    const address = attempt(() => new URL(url, location.href).href, "");
    if (!/^(https?|wss?):/.test(address) || address.startsWith(this.config.endpoint + "/")) return null;
    const sent = { method: cut(method.toUpperCase(), 20), url: address, type, cause: this.recorder.cause(), typing: this.recorder.takesTyping(body), bare: this.recorder.typesSecret || this.recorder.privacy.masksDocument(realm.document), done: false };
    this.open.add(sent);
    this.recorder.watch.requestBegins(sent);
    return sent;
  }

  private end(sent: Sent | null, status: number | null): void {
    if (!sent || sent.done) return;
    sent.done = true;
    this.open.delete(sent);
    this.recorder.watch.requestEnds(sent);
    if (this.counted.cause !== sent.cause) this.counted = { cause: sent.cause, count: 0 };
    if ((this.counted.count += 1) > REQUESTS_PER_ACTION_MAX) return;
    const { method, type, cause, typing } = sent;
    const url = cut(sent.bare || this.recorder.privacy.masksAll ? bareUrl(sent.url) : sent.url, URL_CHARS_MAX);
    this.recorder.emit({ kind: "request", method, url, status: status || null, type, cause, ...(typing ? { typing } : {}) });
  }

  private readonly finish = guard((sent: Sent | null, status: number | null) => this.end(sent, status));

  private wrapFetch(realm: Realm): void {
    const original = realm.fetch;
    if (typeof original !== "function" || this.wrapped.has(original)) return;
    const requests = this;
    const fetch = function (this: unknown, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
      const sent = attempt(() => {
        const request = typeof input === "object" && "url" in input ? input : null;
        return requests.begin(realm, init?.method ?? request?.method ?? "GET", request ? request.url : String(input), "fetch", init?.body);
      }, null);
      const answer = original.call(this === undefined ? realm : (this as Realm), input, init);
      if (sent) answer.then((response) => requests.finish(sent, response.status), () => requests.finish(sent, null));
      return answer;
    };
    this.wrapped.add(fetch);
    attempt(() => (realm.fetch = fetch), undefined);
  }

  private wrapXhr(realm: Realm): void {
    const proto = realm.XMLHttpRequest?.prototype;
    if (!proto || this.wrapped.has(proto)) return;
    this.wrapped.add(proto);
    const requests = this;
    const asked = new WeakMap<XMLHttpRequest, { method: string; url: string }>();
    const { open, send } = proto;
    proto.open = function (this: XMLHttpRequest, ...args: unknown[]): void {
      attempt(() => asked.set(this, { method: String(args[0]), url: String(args[1]) }), undefined);
      return (open as (...all: unknown[]) => void).apply(this, args);
    } as typeof open;
    proto.send = function (this: XMLHttpRequest, body?: Document | XMLHttpRequestBodyInit | null): void {
      const ask = asked.get(this);
      const sent = ask ? attempt(() => requests.begin(realm, ask.method, ask.url, "xmlhttprequest", body), null) : null;
      if (sent) this.addEventListener("loadend", () => requests.finish(sent, this.status || null));
      return send.call(this, body);
    };
  }

  private wrapBeacon(realm: Realm): void {
    const proto = realm.Navigator?.prototype as { sendBeacon?: Navigator["sendBeacon"] } | undefined;
    const original = proto?.sendBeacon;
    if (!proto || !original || this.wrapped.has(original)) return;
    const requests = this;
    const sendBeacon = function (this: Navigator, url: string | URL, data?: BodyInit | null): boolean {
      const sent = attempt(() => requests.begin(realm, "POST", String(url), "beacon"), null);
      requests.finish(sent, null);
      return original.call(this, url, data);
    };
    this.wrapped.add(sendBeacon);
    attempt(() => (proto.sendBeacon = sendBeacon), undefined);
  }

  /** A socket's messages: one a socket and action, for that it was used is all that matters. */
  private wrapSockets(realm: Realm): void {
    const proto = realm.WebSocket?.prototype;
    if (!proto || this.wrapped.has(proto)) return;
    this.wrapped.add(proto);
    const requests = this;
    const told = new WeakMap<WebSocket, string | null>();
    const { send } = proto;
    proto.send = function (this: WebSocket, data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      attempt(() => {
        const cause = requests.recorder.cause();
        if (cause === null || told.get(this) === cause) return;
        told.set(this, cause);
        requests.finish(requests.begin(realm, "SEND", this.url, "ws"), null);
      }, undefined);
      return send.call(this, data as string);
    };
  }
}
