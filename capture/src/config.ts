// Where to send and what to keep back: from the script's data attributes or from window.JOURNEYWRIGHT.
import { attempt } from "./native";
import type { Traffic } from "./wire";

export type Mask = "all" | "fields" | "";

/** Takes a body of events and answers with a status, as the server would. */
export type Deliver = (body: string) => Promise<number>;

export interface Config {
  endpoint: string;
  /** Where bodies go instead of over the network: a function of the program that drives this browser. */
  deliver: Deliver | null;
  app: string;
  /** The API key that sends events, "" for none. */
  key: string;
  mask: Mask;
  /** Whose traffic this is; "" where nobody said. */
  traffic: Traffic | "";
  /** The automated test that is at work, with its build and run; "" for people. */
  test: string;
  testIdAttributes: string[];
}

interface Injected {
  endpoint?: string;
  deliver?: Deliver;
  app?: string;
  key?: string;
  mask?: string;
  traffic?: string;
  testIdAttribute?: string;
}

/** Ends the name of the app of visits that automated tests made: they are nobody's use of it. */
const OF_TESTS = "@tests";
const NAME_CHARS_MAX = 200;

const TEST_IDS = ["data-testid", "data-test-id", "data-test", "data-cy", "data-qa"];

/** The configuration of this page, or null where nobody asked for a recording. */
export function readConfig(): Config | null {
  const injected = (window as { JOURNEYWRIGHT?: Injected }).JOURNEYWRIGHT;
  const script = document.currentScript as HTMLScriptElement | null;
  const data = script?.dataset ?? {};
  if (!injected && !script) return null;
  const source = attempt(() => new URL(script?.src ?? "").origin, "");
  const endpoint = (injected?.endpoint ?? data.endpoint ?? source).replace(/(?<!\/)\/+$/, "");
  const deliver = typeof injected?.deliver === "function" ? injected.deliver : null;
  if (!deliver && !/^https?:\/\//.test(endpoint)) return null;
  const mask = injected?.mask ?? data.mask ?? "";
  const test = testAtWork();
  const app = (injected?.app ?? data.app ?? location.host ?? "").slice(0, NAME_CHARS_MAX - OF_TESTS.length) || "unknown";
  const testId = injected?.testIdAttribute ?? data.testIdAttribute;
  return {
    endpoint,
    deliver,
    app: test ? app + OF_TESTS : app,
    test,
    key: String(injected?.key ?? data.key ?? ""),
    traffic: test ? "test" : trafficOf(injected?.traffic ?? data.traffic),
    mask: mask === "all" ? "all" : mask ? "fields" : "",
    testIdAttributes: testId ? [testId, ...TEST_IDS.filter((name) => name !== testId)] : TEST_IDS,
  };
}

/** Where events go. A beacon has no headers, and one on a fetch would need a preflight: the key goes with the address. */
export function addressOf(config: Config): string {
  return `${config.endpoint}/api/v1/events${config.key ? `?key=${encodeURIComponent(config.key)}` : ""}`;
}

/** Its name, build and run, as the program that drives this browser says them. */
function testAtWork(): string {
  const told = (window as { JOURNEYWRIGHT_TEST?: unknown }).JOURNEYWRIGHT_TEST;
  return typeof told === "string" ? told.slice(0, NAME_CHARS_MAX) : "";
}

/** What the page says; else a browser that a program drives is a tester's. */
function trafficOf(said: string | undefined): Traffic | "" {
  if (said === "real" || said === "test") return said;
  return navigator.webdriver ? "test" : "";
}
