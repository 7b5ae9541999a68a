// Whether the recorder can work in this page at all, tried out before it touches anything; and what tells the server if not.
import { getAriaRole } from "ivya/utils";
import type { Config } from "./config";
import { attempt, native, newId } from "./native";
import type { RecorderFault } from "./wire";

const XHTML = "http://www.w3.org/1999/xhtml";
const PRINTED = '{"a":[1,"b",null]}';

/** The first thing that the recorder needs and that doesn't work here; null where all do. */
export function brokenHere(): RecorderFault | null {
  const works: [RecorderFault, () => boolean][] = [
    ["serialise", () => JSON.stringify({ a: [1, "b", null] }) === PRINTED && JSON.stringify(JSON.parse(PRINTED)) === PRINTED],
    ["read", reads],
    ["observe", observes],
    ["listen", listens],
    ["send", () => typeof window.fetch === "function"],
  ];
  return works.find(([, work]) => !attempt(work, false))?.[0] ?? null;
}

function sample(): [Element, Element] {
  const [box, button] = [document.createElementNS(XHTML, "div"), document.createElementNS(XHTML, "button")];
  box.appendChild(button);
  button.setAttribute("data-testid", "a");
  return [box, button];
}

function reads(): boolean {
  const [box, button] = sample();
  const found = box.querySelector("[data-testid=a]") === button && button.closest("div") === box && button.matches("button");
  return found && button.parentElement === box && button.getAttribute("data-testid") === "a" && getAriaRole(button) === "button";
}

function observes(): boolean {
  const [box, button] = sample();
  const observer = new MutationObserver(() => undefined);
  observer.observe(box, { subtree: true, attributes: true });
  button.setAttribute("class", "b");
  const seen = observer.takeRecords().length === 1;
  observer.disconnect();
  return seen;
}

function listens(): boolean {
  const [box] = sample();
  let heard = false;
  box.addEventListener("a", () => (heard = true), { capture: true, passive: true });
  box.dispatchEvent(new Event("a"));
  return heard;
}

/** Where in our script an error came from, and its kind; never its message, which may hold a text of the page. */
export function placeOf(error: unknown): string {
  const { name, stack } = (error ?? {}) as Error;
  const place = /:\d+:\d+/.exec(String(stack ?? ""))?.[0] ?? "";
  return `${/^\w{1,40}$/.test(String(name)) ? name : "Error"}${place}`;
}

/** Tells the server of a page in which the recorder couldn't start, by itself: nothing else of the recorder is needed. */
export function tellBroken(config: Config, address: string, error: RecorderFault, where: string): void {
  const id = newId();
  const page = { url: config.mask === "all" ? location.origin : location.href.slice(0, 2_000) };
  const event = { v: 1, id, app: config.app, session_id: id, journey_id: id, tab_id: id, at_ms: native.now(), source: "capture", page, kind: "recorder_error", error, where };
  const text = JSON.stringify({ events: [event] });
  if (config.deliver) void config.deliver(text);
  else if (!attempt(() => navigator.sendBeacon(address, text), false)) fetch(address, { method: "POST", body: text, keepalive: true, credentials: "omit" }).catch(() => undefined);
}
