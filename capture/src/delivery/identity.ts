// Who sends: session (browser), journey (a tab and the tabs it opened) and tab, each idle for at most 30 minutes.
import { HANDOFF_MS, IDLE_MS } from "../limits";
import { native, newId } from "../native";
import { Store } from "./store";

interface Kept {
  id: string;
  last: number;
}

/** What an opening tab leaves for the tab it opens. */
interface Handoff {
  tab: string;
  journey: string;
  url: string;
  at: number;
  cause: string | null;
}

export class Identity {
  readonly sessionId: string;
  readonly tabId: string;
  readonly salt: string;
  /** Whether this document is the first one of its tab. */
  freshTab: boolean;
  journeyId: string;
  /** False after the end of a journey, until the user does something again. */
  journeyOpen: boolean;
  /** The action in the opening tab that this tab followed from. */
  readonly claimedCause: string | null;
  private seq: number;
  private lastMs = 0;
  private handed = false;

  constructor(
    private readonly session: Store,
    private readonly local: Store,
  ) {
    const now = native.now();
    const known = local.json<Kept & { salt: string }>("session");
    const fresh = !known || now - known.last > IDLE_MS;
    this.sessionId = fresh ? newId() : known.id;
    this.salt = fresh ? newId() : known.salt;
    const claimed = this.claim(now);
    this.claimedCause = claimed?.cause ?? null;
    const tab = claimed?.tab ?? session.read("tab");
    this.freshTab = tab === null || claimed !== null;
    this.tabId = tab ?? newId();
    session.write("tab", this.tabId);
    const journey = session.json<Kept & { open?: boolean }>("journey");
    const stale = !journey || now - journey.last > IDLE_MS;
    this.journeyId = claimed?.journey ?? (stale ? newId() : journey.id);
    this.journeyOpen = true;
    this.seq = this.freshTab ? 0 : Number(session.read("seq") ?? "0");
    this.touch(now);
  }

  /** The next event's place: never earlier than the one before. */
  stamp(): { at_ms: number; seq: number } {
    const now = native.now();
    if (now - this.lastMs > IDLE_MS && this.lastMs > 0) this.journeyId = newId();
    this.lastMs = Math.max(this.lastMs, now);
    this.seq += 1;
    this.session.write("seq", String(this.seq));
    this.touch(now);
    return { at_ms: this.lastMs, seq: this.seq };
  }

  /** The page is shown again as it was left: other pages of the tab went on meanwhile. Whether their journey is another one. */
  resume(): boolean {
    this.seq = Math.max(this.seq, Number(this.session.read("seq") ?? "0"));
    const journey = this.session.json<Kept>("journey");
    if (!journey) return false;
    this.freshTab = false;
    this.lastMs = journey.last;
    const ended = journey.id !== this.journeyId;
    this.journeyId = journey.id;
    this.journeyOpen ||= ended;
    return ended;
  }

  /** A new journey, which opens with the user's next action. */
  next(): void {
    this.journeyId = newId();
    this.journeyOpen = false;
    this.touch(native.now());
  }

  open(): void {
    this.journeyOpen = true;
  }

  /** Mints the id of a tab that is about to be opened with this address, and leaves the journey to it. */
  handOff(url: string, cause: string | null): string {
    this.handed = true;
    this.session.write("family", "1");
    const tab = newId();
    const now = native.now();
    const waiting = (this.local.json<Handoff[]>("opened") ?? []).filter((one) => now - one.at < HANDOFF_MS);
    waiting.push({ tab, journey: this.journeyId, url, at: now, cause });
    this.local.write("opened", JSON.stringify(waiting.slice(-5)));
    return tab;
  }

  /** Whether other tabs of this journey may be open. */
  hasSiblings(): boolean {
    return this.handed || this.claimedCause !== null || window.opener !== null || this.session.read("family") !== null;
  }

  private claim(now: number): Handoff | null {
    if (history.length > 2) return null;
    const waiting = (this.local.json<Handoff[]>("opened") ?? []).filter((one) => now - one.at < HANDOFF_MS);
    const here = location.href.split("#")[0];
    const exact = waiting.findIndex((one) => one.url.split("#")[0] === here);
    const loose = waiting.findIndex((one) => one.url === "" || one.url.startsWith("about:") || this.redirected(one.url));
    const found = exact >= 0 ? exact : loose;
    if (found < 0) return null;
    const [claimed] = waiting.splice(found, 1);
    this.local.write("opened", JSON.stringify(waiting));
    return claimed ?? null;
  }

  /** Whether the opened address may have led here by a redirect: a new tab of the same origin, and nothing else known. */
  private redirected(url: string): boolean {
    return url.startsWith(location.origin) && (this.session.read("tab") === null || window.opener !== null);
  }

  private touch(now: number): void {
    this.local.write("session", JSON.stringify({ id: this.sessionId, salt: this.salt, last: now }));
    this.session.write("journey", JSON.stringify({ id: this.journeyId, last: now }));
  }
}
