// The requests that the page sends, without their bodies: method, address, status, and the action they followed from.
import type { Config } from "./config";
import { cut } from "./page/dom";
import { REQUESTS_PER_ACTION_MAX, URL_CHARS_MAX } from "./limits";
import { attempt, guard, wrap } from "./native";
import { bareUrl } from "./privacy/addresses";
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
  private readonly open = new Set<Sent>();
  private counted: { cause: string | null; count: number } = { cause: null, count: 0 };

  constructor(
    private readonly recorder: Recorder,
    private readonly config: Config,
  ) {}

  wrapIn(realm: Realm): void {
    this.wrapFetch(realm);
    this.wrapXhr(realm);
    this.wrapBeacon(realm);
    this.wrapSockets(realm);
  }

  /** The page is going: requests that have had no answer yet are told without one. */
  leave(): void {
    for (const sent of this.open) this.end(sent);
  }

  private begin(realm: Realm, method: string, url: string, type: string, body?: unknown): Sent | null {
    const address = attempt(() => new URL(url, location.href).href, "");
    if (!/^(https?|wss?):/.test(address) || address.startsWith(this.config.endpoint + "/")) return null;
    const sent = { method: cut(method.toUpperCase(), 20), url: address, type, cause: this.recorder.cause(), typing: this.recorder.takesTyping(body), bare: this.recorder.privacy.typing !== null || this.recorder.privacy.masksDocument(realm.document), done: false };
    this.open.add(sent);
    this.recorder.watch.requestBegins(sent);
    return sent;
  }

  /** `from`: the address that answered. Another one tells of a redirect; scripts are not told its status, so it is told as 302. */
  private readonly end = guard((sent: Sent | null, status?: number | null, from?: string): void => {
    if (!sent || sent.done) return;
    sent.done = true;
    this.open.delete(sent);
    this.recorder.watch.requestEnds(sent);
    if (this.counted.cause !== sent.cause) this.counted = { cause: sent.cause, count: 0 };
    if ((this.counted.count += 1) > REQUESTS_PER_ACTION_MAX) return;
    const { method, type, cause, typing } = sent;
    const url = cut(sent.bare || this.recorder.privacy.masksAll ? bareUrl(sent.url) : sent.url, URL_CHARS_MAX);
    this.recorder.emit({ kind: "request", method, url, status: (from && from !== sent.url.split("#")[0] && status! < 300 ? 302 : status) || null, type, cause, typing: typing || undefined }, { typing: sent.bare });
  });

  private wrapFetch(realm: Realm): void {
    wrap(realm, "fetch", (call, _, args) => {
      const [input, init] = [args[0] as RequestInfo | URL, args[1] as RequestInit | undefined];
      const sent = attempt(() => {
        const request = typeof input === "object" && "url" in input ? input : null;
        return this.begin(realm, init?.method ?? request?.method ?? "GET", request ? request.url : String(input), "fetch", init?.body);
      }, null);
      const answer = call() as Promise<Response>;
      if (!sent || typeof answer?.then !== "function") return answer;
      // The page gets what follows from ours, so that what it leaves unhandled counts as unhandled.
      return answer.then(
        (response) => {
          this.end(sent, response?.status, response?.url);
          return response;
        },
        (error) => {
          this.end(sent);
          throw error;
        },
      );
    });
  }

  private wrapXhr(realm: Realm): void {
    const proto = realm.XMLHttpRequest?.prototype;
    const asked = new WeakMap<object, { method: string; url: string }>();
    wrap(proto, "open", (call, self, args) => {
      attempt(() => asked.set(self as XMLHttpRequest, { method: String(args[0]), url: String(args[1]) }), undefined);
      return call();
    });
    wrap(proto, "send", (call, self, args) => {
      const request = self as XMLHttpRequest;
      attempt(() => {
        const ask = asked.get(request);
        const sent = ask ? this.begin(realm, ask.method, ask.url, "xmlhttprequest", args[0]) : null;
        if (sent) request.addEventListener("loadend", () => this.end(sent, request.status, request.responseURL));
      }, undefined);
      return call();
    });
  }

  private wrapBeacon(realm: Realm): void {
    wrap(realm.Navigator?.prototype, "sendBeacon", (call, _, args) => {
      this.end(attempt(() => this.begin(realm, "POST", String(args[0]), "beacon"), null), null);
      return call();
    });
  }

  /** A socket's messages: one a socket and action, for that it was used is all that matters. */
  private wrapSockets(realm: Realm): void {
    const told = new WeakMap<WebSocket, string | null>();
    wrap(realm.WebSocket?.prototype, "send", (call, self) => {
      attempt(() => {
        const socket = self as WebSocket;
        const cause = this.recorder.cause();
        if (cause === null || told.get(socket) === cause) return;
        told.set(socket, cause);
        this.end(this.begin(realm, "SEND", socket.url, "ws"), null);
      }, undefined);
      return call();
    });
  }
}
