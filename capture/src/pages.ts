// Where the browser goes: loads, history, popups, dialogs, downloads, and what is left for the next document.
import { cut } from "./page/dom";
import type { Carried } from "./page/pending";
import * as limits from "./limits";
import { attempt, guard, native, wrap } from "./native";
import { bareUrl } from "./privacy/addresses";
import type { Handover, Recorder } from "./recorder";
import type { Requests } from "./requests";
import type { NavigationHow } from "./wire";

const HANDOVER = "handover";
const LEAVING_MS = 30_000;
const STAYED_MS = 1_500;
const RETURN_LOOKS = 10;
const RETURN_LOOK_MS = 20;

interface Leaving {
  atMs: number;
  cause: string | null;
  method: string;
  url: string;
}

interface NavigateEvent extends Event {
  userInitiated?: boolean;
  readonly destination: { url: string; sameDocument: boolean };
  readonly downloadRequest: string | null;
  readonly formData: FormData | null;
  readonly navigationType: string;
}

type Realm = Window & typeof globalThis;

export class Pages {
  private url = location.href;
  private leaving: Leaving | null = null;
  private traversalMs = 0;
  private handedOver = false;
  private leftMs = 0;
  /** Looks for what another page left that are still to be taken. */
  private returning = 0;
  private downloaded: Leaving | null = null;
  /** Whether a script of the page began the last navigation. Not known where the browser doesn't tell. */
  private byPage = false;

  constructor(
    private readonly recorder: Recorder,
    private readonly requests: Requests,
  ) {}

  /** Tells of this document's load and begins its first effect. */
  start(): void {
    this.recorder.beforeOthers(() => {
      this.tellDownload();
      this.returned(true);
    });
    this.arrive(this.takeHandover(), this.howLoaded());
    window.addEventListener("pagehide", guard(() => this.leave()));
    window.addEventListener("pageshow", guard((event) => this.shown(event)));
    window.addEventListener("popstate", guard(() => this.moved("back_forward")), true);
    window.addEventListener("hashchange", this.afterMove, true);
    window.addEventListener("submit", guard((event) => this.submitted(event)), true);
    window.addEventListener("click", guard((event) => this.mayOpenTab(event)));
    window.addEventListener("auxclick", guard((event) => this.mayOpenTab(event)));
    document.addEventListener("visibilitychange", guard(() => document.hidden && this.recorder.sendDue(true)));
    const navigation = (window as { navigation?: EventTarget }).navigation;
    navigation?.addEventListener("navigate", guard((event) => this.navigating(event as NavigateEvent)));
    this.wrapHistory();
  }

  wrapIn(realm: Realm): void {
    this.wrapDialogs(realm);
    this.wrapOpen(realm);
  }

  private arrive(handover: Handover | null, how: NavigationHow): void {
    const { recorder } = this;
    const recent = handover !== null && native.now() - handover.atMs < limits.LATE_MS;
    const initiated = handover?.initiated ?? document.referrer !== "";
    const cause = recent && initiated ? (handover?.carried.cause ?? null) : (recorder.identity.claimedCause ?? null);
    if (handover) recorder.restoreWords(handover.words);
    if (recent && handover?.action && cause) recorder.action = handover.action;
    const page = handover?.carried.page;
    const asker = handover && handover.initiated !== null ? { asked_by: handover.initiated ? ("page" as const) : ("user" as const) } : {};
    recorder.emit({ kind: "navigation", url: recorder.page().url, how, cause, ...asker }, page ? { page } : {});
    if (recent && initiated) this.tellDocument(handover!, cause);
    const carried: Carried | null = handover && recent ? { ...handover.carried, cause } : null;
    recorder.effects.load(carried, cause);
  }

  private tellDocument(handover: Handover, cause: string | null): void {
    const timing = performance.getEntriesByType("navigation")[0] as (PerformanceNavigationTiming & { responseStatus?: number }) | undefined;
    const url = this.recorder.page().url;
    this.recorder.emit({ kind: "request", method: handover.method, url, status: timing?.responseStatus || null, type: "document", cause });
  }

  private howLoaded(): NavigationHow {
    const timing = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
    const type = timing?.type;
    return type === "reload" || type === "back_forward" ? type : "load";
  }

  private takeHandover(): Handover | null {
    const { session, identity } = this.recorder;
    const handover = session.json<Handover>(HANDOVER);
    if (handover?.atMs === this.leftMs) return null;
    session.drop(HANDOVER);
    return handover && !identity.freshTab && handover.journey === identity.journeyId ? handover : null;
  }

  /** The page goes: all that is known is handed to the transport or left for the next document. */
  private leave(): void {
    if (this.handedOver) return;
    this.handedOver = true;
    this.downloaded = null;
    const { recorder } = this;
    recorder.flush();
    this.requests.leave();
    const now = (this.leftMs = native.now());
    const leaving = this.leaving && now - this.leaving.atMs < LEAVING_MS ? this.leaving : null;
    const knows = "navigation" in window;
    const traversed = now - this.traversalMs < limits.CAUSE_MS;
    const cause = leaving ? leaving.cause : traversed || !knows ? recorder.cause() : null;
    const handover: Handover = {
      carried: recorder.effects.carry(cause, recorder.page()),
      action: recorder.action,
      initiated: leaving || traversed ? true : knows ? false : null,
      method: leaving?.method ?? "GET",
      words: recorder.words(),
      journey: recorder.identity.journeyId,
      atMs: now,
    };
    if (recorder.identity.journeyOpen) recorder.session.write(HANDOVER, recorder.privacy.redactJson(JSON.stringify(handover)));
    recorder.sendDue(true);
    recorder.privacy.save();
    recorder.transport.leave();
  }

  private shown(event: PageTransitionEvent): void {
    if (!event.persisted) return;
    this.handedOver = false;
    this.leaving = null;
    this.url = location.href;
    this.returning = RETURN_LOOKS;
    this.returned(false);
  }

  /** A page that was kept is shown again. What the one in between left comes from another process, a moment later. */
  private returned(goesOn: boolean): void {
    if (!this.returning) return;
    this.recorder.resume();
    const handover = this.takeHandover();
    this.returning = handover || goesOn ? 0 : this.returning - 1;
    if (this.returning) return void native.later(() => this.returned(false), RETURN_LOOK_MS);
    this.arrive(handover, "back_forward");
    this.recorder.transport.retryNow();
  }

  private navigating(event: NavigateEvent): void {
    this.byPage = event.userInitiated === false;
    if (typeof event.downloadRequest === "string") return this.download(event.downloadRequest, event.destination.url, this.recorder.cause());
    if (event.navigationType === "traverse") {
      // Somebody goes back within the document: what the last action led to is still shown now, and not afterwards.
      if (event.destination.sameDocument && native.now() - this.traversalMs > limits.CAUSE_MS) {
        this.recorder.flush();
        this.recorder.effects.finish();
      }
      return;
    }
    if (event.destination.sameDocument || !/^(https?|file):/.test(event.destination.url)) return;
    const cause = this.recorder.cause();
    this.leaving = { atMs: native.now(), cause, method: event.formData ? "POST" : "GET", url: event.destination.url };
    const told = this.leaving;
    native.later(() => this.stayed(told), STAYED_MS);
    native.later(() => {
      if (event.defaultPrevented && this.leaving === told) this.leaving = null;
    }, 0);
  }

  /** The page asked for another one and is still here: the answer was a file to keep. */
  private stayed(leaving: Leaving): void {
    if (this.leaving !== leaving || document.hidden) return;
    this.downloaded = leaving;
  }

  /** The journey ends: a page that was asked for and hasn't come by now was a file. */
  settle(): void {
    const { leaving } = this;
    if (leaving && native.now() - leaving.atMs > limits.QUIET_MS) this.downloaded = leaving;
    this.tellDownload();
  }

  /** Told once the user goes on with the page, for only then it is sure that no other page comes. */
  private tellDownload(): void {
    const leaving = this.downloaded;
    this.downloaded = null;
    if (!leaving || this.leaving !== leaving || this.handedOver) return;
    this.leaving = null;
    this.download("", leaving.url, leaving.cause);
  }

  private submitted(event: Event): void {
    const form = event.target as HTMLFormElement;
    if ("navigation" in window || !event.isTrusted) return;
    this.leaving = { atMs: native.now(), cause: this.recorder.cause(), method: form.method.toUpperCase(), url: form.action };
  }

  private download(name: string, url: string, cause: string | null): void {
    const { recorder } = this;
    const masked = recorder.privacy.masksAll;
    const filename = masked ? "" : cut(name || attempt(() => decodeURIComponent(new URL(url).pathname.split("/").pop() ?? ""), ""), limits.TEXT_CHARS_MAX);
    const file = masked ? originOf(url) : cut(url, limits.URL_CHARS_MAX);
    const address = /^(blob|data):/.test(url) ? (url.split(":")[0] ?? "") + ":" : file;
    recorder.emit({ kind: "download", filename, url: address, cause });
  }

  private wrapHistory(): void {
    const proto = window.History?.prototype;
    for (const method of ["pushState", "replaceState"]) {
      wrap(proto, method, (call) => {
        call();
        this.afterMove();
      });
    }
    for (const method of ["back", "forward", "go"]) {
      wrap(proto, method, (call) => {
        this.traversalMs = native.now();
        return call();
      });
    }
  }

  private readonly afterMove = guard(() => this.moved("spa"));

  /** The address became another one in the same document. */
  private moved(how: NavigationHow): void {
    if (location.href === this.url) return;
    const before = this.url;
    this.url = location.href;
    const onlyHash = before.split("#")[0] === this.url.split("#")[0];
    const page = { ...this.recorder.page(), url: cut(bareIf(this.recorder, before), limits.URL_CHARS_MAX) };
    const cause = how === "back_forward" && native.now() - this.traversalMs > limits.CAUSE_MS && !onlyHash ? null : this.recorder.cause();
    const kind: NavigationHow = onlyHash ? "hash" : how;
    this.recorder.watch.touch();
    this.recorder.emit({ kind: "navigation", url: this.recorder.page().url, how: kind, cause, ...(!cause && this.byPage && { asked_by: "page" }) }, { page });
    if (cause === null && !this.recorder.effects.waiting) this.recorder.effects.spontaneous();
  }

  private wrapDialogs(realm: Realm): void {
    for (const dialog of ["alert", "confirm", "prompt"] as const) {
      wrap(realm, dialog, (call, _, args) => {
        const answer = call();
        this.answered(dialog, attempt(() => String(args[0] ?? ""), ""), answer, realm.document);
        return answer;
      });
    }
  }

  private readonly answered = guard((dialog: "alert" | "confirm" | "prompt", message: string, answer: unknown, doc: Document) => {
    const { recorder } = this;
    const accepted = dialog === "alert" || (dialog === "prompt" ? answer !== null : answer === true);
    const { privacy } = recorder;
    const masked = privacy.masksAll || privacy.masksDocument(doc);
    const said = dialog === "prompt" && typeof answer === "string" ? answer : "";
    const secret = said ? (masked ? "masked" : privacy.kindAsked(message)) : undefined;
    if (secret) privacy.remember(said, secret);
    const value = secret ? "" : cut(said, limits.VALUE_CHARS_MAX);
    const cause = recorder.underWay?.id ?? null;
    const event = { kind: "dialog" as const, dialog, message: masked ? "" : cut(message, limits.TEXT_CHARS_MAX), accepted, cause };
    recorder.emit(value ? { ...event, value } : event);
    recorder.touchAction();
  });

  private wrapOpen(realm: Realm): void {
    wrap(realm, "open", (call, _, args) => {
      const [url, target] = [args[0], args[1]];
      attempt(() => !/^_(self|top|parent)$/.test(String(target ?? "")) && this.opens(String(url ?? "")), undefined);
      return call();
    });
  }

  private readonly opens = guard((url: string) => {
    const { recorder } = this;
    const address = attempt(() => (url ? new URL(url, document.baseURI).href : ""), "");
    const cause = recorder.cause();
    const tab = recorder.identity.handOff(address, cause);
    const told = recorder.privacy.masksAll ? originOf(address) : address;
    recorder.emit({ kind: "popup", url: cut(told, limits.URL_CHARS_MAX), opened_tab_id: tab, cause });
  });

  /** A link that opens a tab, unless the page stopped it: heard after the page's own handlers. */
  private mayOpenTab(event: Event): void {
    if (!event.isTrusted || event.defaultPrevented) return;
    const mouse = event as MouseEvent;
    const link = event.composedPath().find((one) => /^A(REA)?$/.test((one as Element).nodeName ?? "")) as HTMLAnchorElement | undefined;
    if (!link?.href || !/^(https?|file):/.test(link.href) || link.hasAttribute("download")) return;
    const asked = mouse.ctrlKey || mouse.metaKey || mouse.button === 1 || (mouse.shiftKey && mouse.button === 0);
    if (asked || (link.target && !/^_(self|top|parent)$/.test(link.target))) this.opens(link.href);
  }
}

const originOf = (url: string): string => attempt(() => new URL(url).origin + "/", "");

function bareIf(recorder: Recorder, url: string): string {
  return recorder.privacy.masksAll ? bareUrl(url) : url;
}
