// What happens, as the server tells it: server-sent events, read by fetch, for EventSource can't send a key. It is asked
// anew where it ends, after the last id; not while the tab is out of sight, as a browser has few connections.
import { useEffect, useReducer, useRef } from "preact/hooks";
import { Problem, opened } from "./api";

export interface Told {
  readonly kind: string;
  readonly value: unknown;
}

const WAIT_MAX_MS = 60_000;
const TEXT_MAX = 4_000_000;

/** The events of an answer. Example: `for await (const one of events(answer.body)) …` */
async function* events(body: ReadableStream<Uint8Array>, noted: (id: string) => void, wait: (ms: number) => void): AsyncGenerator<Told> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const parts = rest.split("\n\n");
      rest = parts.pop() ?? "";
      if (rest.length > TEXT_MAX) throw new Problem(0, "cut", "The stream can't be read.", "Try again.");
      for (const part of parts) {
        let [kind, data] = ["message", ""];
        for (const line of part.split("\n")) {
          const [, name, text] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
          if (name === "event") kind = text ?? "";
          else if (name === "data") data += text;
          else if (name === "id") noted(text ?? "");
          else if (name === "retry") wait(Number(text));
        }
        if (data) yield { kind, value: JSON.parse(data) as unknown };
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** How it stands with a stream; `problem` and `seconds` say why, and how long, it waits. */
export interface Link {
  readonly state: "opening" | "open" | "paused" | "waiting";
  readonly problem?: Problem;
  readonly seconds?: number;
}

/** Listens to a stream for as long as it is wanted, and hands over what is told. `shown` are the ids of what is shown
 * already: of those it is said after a break what is gone. */
export function useStream(url: string, wanted: boolean, shown: readonly string[], take: (told: Told) => void): Link {
  const link = useRef<Link>({ state: "opening" });
  const [, show] = useReducer((n: number) => n + 1, 0);
  const taking = useRef(take);
  taking.current = take;
  const known = useRef(shown);
  known.current = shown;
  const lastId = useRef("");
  useEffect(() => {
    const set = (next: Link) => { link.current = next; show(undefined); };
    let [waitMs, tries, timer] = [2_000, 0, 0];
    let stop: AbortController | undefined;
    const end = () => { stop?.abort(); stop = undefined; clearTimeout(timer); };
    const listen = async (): Promise<void> => {
      const mine = (stop = new AbortController());
      try {
        const headers: Record<string, string> = lastId.current ? { "Last-Event-ID": lastId.current } : {};
        const address = new URL(url);
        for (const id of lastId.current ? known.current : []) address.searchParams.append("shown", id);
        const answer = await opened(address.href, { headers, signal: mine.signal, cache: "no-store" });
        set({ state: "open" });
        tries = 0;
        if (answer.body) for await (const told of events(answer.body, (id) => { lastId.current = id; }, (ms) => { waitMs = ms || waitMs; })) taking.current(told);
        if (!mine.signal.aborted) timer = window.setTimeout(() => void listen(), waitMs);
      } catch (error) {
        if (mine.signal.aborted) return;
        const problem = error instanceof Problem ? error : new Problem(0, "cut", "The stream was cut off.", "");
        const pause = Math.max(Math.min(waitMs * 2 ** tries++, WAIT_MAX_MS), problem.retryAfterS * 1_000);
        set({ state: "waiting", problem, seconds: Math.ceil(pause / 1_000) });
        if (problem.status !== 401 && problem.status !== 403) timer = window.setTimeout(() => void listen(), pause);
      }
    };
    const look = () => {
      end();
      if (!wanted) return set({ state: "paused" });
      if (document.visibilityState === "visible") void listen();
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => { document.removeEventListener("visibilitychange", look); end(); };
  }, [url, wanted]);
  return link.current;
}
