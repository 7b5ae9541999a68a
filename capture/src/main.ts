// Starts the recorder once per top-level document, and joins same-origin frames to it.
// In this order the bundle has modules that are alike near each other, which packs some 400 bytes better.
import { Recorder } from "./recorder";
import { END_DELIVERY_MS, END_WAIT_MS } from "./limits";
import { attempt, faults, guard, native, newId, rethrow, stop, wrap } from "./native";
import { brokenHere, placeOf, tellBroken } from "./selfcheck";
import { framesOf } from "./page/dom";
import { Requests } from "./requests";
import { Actions } from "./actions";
import { Channel } from "./delivery/channel";
import { Pages } from "./pages";
import { addressOf, readConfig, type Mask } from "./config";

type Realm = Window & typeof globalThis;

/** What one frame's copy of the script finds in the top window: how to join its recorder. */
interface Hub {
  joinRealm(realm: Realm, mask?: Mask): void;
}

const HUB = Symbol.for("journeywright");
type Hubbed = Window & { [HUB]?: Hub };
const SIBLINGS_WAIT_MS = 400;
const BLANK_POLL_MS = 15;
const BLANK_WAIT_MS = 30_000;

function start(): void {
  const top = attempt(() => (window.top as Hubbed | null) ?? null, null);
  const hub = attempt(() => top?.[HUB] ?? null, null);
  if (hub) return hub.joinRealm(window, readConfig()?.mask);
  // A frame that may not know its page (sandboxed) can't know whether it is masked there.
  if (window.top !== window && (window.origin === "null" || attempt(() => Boolean(top?.document), false))) return;
  if ((window as Hubbed)[HUB]) return;
  if (location.protocol === "about:" && window.opener) return waitForDocument();
  if (!/^(https?|file):$/.test(location.protocol)) return;
  const config = readConfig();
  if (!config) return;
  try {
    const broken = brokenHere();
    if (broken) tellBroken(config, addressOf(config), broken, "");
    else new Main(new Recorder(config, (root) => shadowed(root))).run();
  } catch (error) {
    tellBroken(config, addressOf(config), "start", placeOf(error));
    stop(String(error));
  }
}

/** A window that a script opened begins with an empty document; the page that follows takes over its window object. */
function waitForDocument(): void {
  const empty = document;
  let left = BLANK_WAIT_MS / BLANK_POLL_MS;
  const look = (): void => {
    if (window.document !== empty && location.protocol !== "about:") return start();
    if ((left -= 1) > 0) native.later(look, BLANK_POLL_MS);
  };
  look();
}

let shadowed: (root: ShadowRoot) => void = () => undefined;

class Main {
  private readonly actions: Actions;
  private readonly requests: Requests;
  private readonly pages: Pages;
  private readonly joined = new WeakSet<object>();
  private readonly channel: Channel<Message>;
  private flushed: (id: string) => void = () => undefined;
  private ending: Promise<void> | null = null;

  constructor(private readonly recorder: Recorder) {
    this.actions = new Actions(recorder);
    this.requests = new Requests(recorder, recorder.config);
    this.pages = new Pages(recorder, this.requests);
    this.channel = new Channel("journeywright", (message) => this.hear(message));
    shadowed = (root) => {
      this.actions.listen(root);
      root.addEventListener("load", this.frameLoaded, true);
      this.joinFrames(root);
    };
  }

  run(): void {
    const hub: Hub = { joinRealm: guard((realm: Realm, mask: Mask = "") => this.joinRealm(realm, mask)) };
    Object.defineProperty(window, HUB, { value: hub });
    Object.defineProperty(window, "journeywright", {
      value: Object.freeze({ end: () => this.end(), errors: () => ({ ...faults }) }),
      configurable: true,
    });
    this.joinRealm(window);
    window.addEventListener("load", guard(() => this.recorder.watch.watchTree(document)));
    if (document.documentElement) this.pages.start();
    else {
      const waiting = new MutationObserver(guard(() => {
        if (!document.documentElement) return;
        waiting.disconnect();
        this.pages.start();
      }));
      waiting.observe(document, { childList: true });
    }
  }

  /** Listens in a window of this origin: the top one's or a frame's. Safe to call again. */
  private joinRealm(realm: Realm, mask: Mask = ""): void {
    this.recorder.privacy.maskDocument(realm.document, mask);
    this.actions.listen(realm);
    this.recorder.watch.watchTree(realm.document);
    realm.document.addEventListener("load", this.frameLoaded, true);
    if (this.joined.has(realm)) return;
    this.joined.add(realm);
    this.requests.wrapIn(realm);
    this.pages.wrapIn(realm);
    this.wrapDocumentOpen(realm);
    this.wrapShadows(realm);
    this.wrapChoosers(realm);
    this.joinFrames(realm.document);
    if (realm !== window) this.recorder.watch.touch();
  }

  private readonly frameLoaded = guard((event: Event) => {
    const frame = event.target as HTMLIFrameElement;
    if (!/^I?FRAME$/.test(frame.nodeName)) return;
    const realm = attempt(() => (frame.contentDocument ? (frame.contentWindow as Realm) : null), null);
    if (realm) this.joinRealm(realm);
  });

  /** `document.open()` takes all listeners of a document and its window away. */
  private wrapDocumentOpen(realm: Realm): void {
    const rejoin = guard(() => this.joinRealm(realm));
    for (const method of ["open", "write", "writeln"]) {
      wrap(realm.Document?.prototype, method, (call, self) => {
        const result = call();
        if (self === attempt(() => realm.document, null)) rejoin();
        return result;
      });
    }
  }

  /** Frames that are there already: where the script comes late, and in a shadow root. Later ones tell of their load. */
  private joinFrames(root: Document | ShadowRoot): void {
    for (const frame of framesOf(root)) this.joinRealm(frame.contentWindow as Realm);
  }

  private wrapChoosers(realm: Realm): void {
    for (const [proto, name] of [[realm.HTMLElement?.prototype, "click"], [realm.HTMLInputElement?.prototype, "showPicker"]] as const) {
      wrap(proto, name, (call, self) => {
        this.actions.clickedByScript(self as Element);
        return call();
      });
    }
  }

  private wrapShadows(realm: Realm): void {
    const observe = guard((root: ShadowRoot) => (root.mode === "open" ? this.recorder.watch.watchTree(root) : this.recorder.privacy.closed.add(root.host)));
    wrap(realm.Element?.prototype, "attachShadow", (call) => {
      const root = call() as ShadowRoot;
      observe(root);
      return root;
    });
  }

  /** Ends the journey; resolves when the server has acknowledged everything, or could not be reached for long. */
  private end(): Promise<void> {
    this.ending ??= this.finish()
      .catch(rethrow)
      .finally(() => (this.ending = null));
    return this.ending;
  }

  private async finish(): Promise<void> {
    const { recorder } = this;
    if (recorder.identity.journeyOpen) {
      recorder.flush();
      await recorder.effects.quiet(END_WAIT_MS);
      this.pages.settle();
      recorder.flush();
      recorder.effects.finish();
      await this.askSiblings();
      recorder.emit({ kind: "end" });
      recorder.sendDue(true);
      const ended = recorder.identity.journeyId;
      recorder.identity.next();
      recorder.reset();
      this.channel.say({ say: "ended", journey: ended, id: "" });
    }
    await recorder.transport.drained(END_DELIVERY_MS);
  }

  /** Other tabs of the journey send what they have before it ends. */
  private async askSiblings(): Promise<void> {
    const { channel, recorder } = this;
    if (!recorder.identity.hasSiblings()) return;
    const asked = newId();
    await new Promise<void>((resolve) => {
      this.flushed = (id) => id === asked && resolve();
      channel.say({ say: "flush", journey: recorder.identity.journeyId, id: asked });
      native.later(resolve, SIBLINGS_WAIT_MS);
    });
  }

  private hear(message: Message): void {
    const { recorder } = this;
    if (message.journey !== recorder.identity.journeyId) return;
    if (message.say === "flush") {
      recorder.flush();
      recorder.effects.finish();
      recorder.sendDue(true);
      void recorder.transport.drained(SIBLINGS_WAIT_MS).then(() => {
        this.channel.say({ say: "flushed", journey: message.journey, id: message.id });
      }).catch(rethrow);
    } else if (message.say === "flushed") {
      this.flushed(message.id);
    } else {
      recorder.identity.next();
      recorder.reset();
    }
  }
}

interface Message {
  say: "flush" | "flushed" | "ended";
  journey: string;
  id: string;
}

guard(start)();
