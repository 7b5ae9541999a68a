// Asks the public API, with the key that the tab keeps. Types come from the API's own description.
import { useCallback, useEffect, useState } from "preact/hooks";
import { BASE } from "./router";
import type { paths } from "../generated/schema";

type Ok<Operation> = Operation extends { responses: { 200: { content: { "application/json": infer Body } } } } ? Body : never;
type With<Method extends string> = { [P in keyof paths]: paths[P] extends Record<Method, infer O> ? ([Ok<O>] extends [never] ? never : P) : never }[keyof paths];
export type GetPath = With<"get">;
export type Answer<P extends keyof paths, Method extends "get" | "put" | "post" = "get"> = paths[P] extends Record<Method, infer O> ? Ok<O> : never;
type Query = Record<string, string | number | undefined>;

/** Told to the window once the server took a change. */
export const CHANGED = "journeywright-changed";
const KEY = "journeywright-key";
const CACHED_MAX = 60;
const cached = new Map<string, unknown>();

/** What a call answered that did not succeed: what is wrong, and what to do. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly hint: string, readonly more: Record<string, unknown> = {}, readonly retryAfterS: number = 0) {
    super(message);
  }
}

export function key(): string | null {
  return sessionStorage.getItem(KEY);
}

export function keepKey(text: string | null): void {
  if (text) sessionStorage.setItem(KEY, text);
  else sessionStorage.removeItem(KEY);
  cached.clear();
}

export function urlOf(path: string, ids: Record<string, string> = {}, query: Query = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids[name] ?? ""));
  const url = new URL(filled.slice(1), BASE);
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  return url.href;
}

async function answerOf(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const own = key();
  if (own) headers.set("Authorization", `Bearer ${own}`);
  try {
    return await fetch(url, { ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "unreachable", "The server doesn't answer.", "See whether `journeywright up` still runs, then try again.");
  }
}

function problemOf({ status, headers }: Response, body: unknown): Problem {
  const { error, ...more } = (body ?? {}) as { error?: { code: string; message: string; hint: string } };
  const hint = error?.hint ?? "Try again; the worker's log says more.";
  return new Problem(status, error?.code ?? "http", error?.message ?? `The server answered ${status}.`, hint, more, Number(headers.get("Retry-After")) || 0);
}

async function ask(url: string, init: RequestInit): Promise<unknown> {
  const answer = await answerOf(url, init);
  const body: unknown = await answer.json().catch((error: unknown) => {
    // Who left the page meanwhile asked for nothing; half an answer is none.
    if (answer.ok) throw error instanceof DOMException ? error : new Problem(0, "cut", "The answer was cut off.", "Try again.");
    return null;
  });
  if (answer.ok) return body;
  throw problemOf(answer, body);
}

/** An answer whose body is still to be read, with the key that an address alone would not carry. */
export async function opened(url: string, init: RequestInit = {}): Promise<Response> {
  const answer = await answerOf(url, init);
  if (!answer.ok) throw problemOf(answer, await answer.json().catch(() => null));
  return answer;
}

export const file = async (path: keyof paths, ids: Record<string, string>): Promise<Blob> => (await opened(urlOf(path, ids))).blob();

export async function get<P extends GetPath>(path: P, ids: Record<string, string> = {}, query: Query = {}, signal?: AbortSignal): Promise<Answer<P>> {
  return (await ask(urlOf(path, ids, query), signal ? { signal } : {})) as Answer<P>;
}

export async function send<P extends keyof paths, M extends "put" | "post">(method: M, path: P, ids: Record<string, string>, body: unknown, headers: Record<string, string> = {}): Promise<Answer<P, M>> {
  const told = { method: method.toUpperCase(), headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
  const answer = await ask(urlOf(path, ids), told);
  cached.clear();
  dispatchEvent(new Event(CHANGED));
  return answer as Answer<P, M>;
}

export interface Asked<T> {
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  readonly again: () => void;
}

/** Asks once the address is known, and again when it changes. What was answered before is shown meanwhile. */
export function useGet<P extends GetPath>(path: P, ids: Record<string, string> | null, query: Query = {}): Asked<Answer<P>> {
  const url = ids === null ? "" : urlOf(path, ids, query);
  const [state, set] = useState<{ url: string; data?: Answer<P> | undefined; problem?: Problem | undefined; loading: boolean }>({ url: "", loading: true });
  const [round, turn] = useState(0);
  const again = useCallback(() => turn((n) => n + 1), []);
  useEffect(() => {
    if (!url) return;
    const stop = new AbortController();
    const before = cached.get(url) as Answer<P> | undefined;
    set((old) => ({ url, data: before ?? (old.url === url ? old.data : undefined), loading: true }));
    ask(url, { signal: stop.signal }).then(
      (data) => {
        if (cached.size >= CACHED_MAX) cached.delete(cached.keys().next().value as string);
        cached.set(url, data);
        set({ url, data: data as Answer<P>, loading: false });
      },
      (problem: unknown) => {
        if (problem instanceof Problem) set({ url, data: undefined, problem, loading: false });
      },
    );
    return () => stop.abort();
  }, [url, round]);
  const mine = state.url === url;
  return { data: mine ? state.data : (cached.get(url) as Answer<P> | undefined), problem: mine ? state.problem : undefined, loading: !mine || state.loading, again };
}

type Page = { readonly next_cursor: string | null };

export interface Paged<A> {
  readonly pages: readonly A[];
  readonly next: string | null;
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly load: () => void;
}

/** The pages of a list, of which the first is known; `load` asks for the next one. */
export function usePages<P extends GetPath>(path: P, query: Query, first: Answer<P> & Page): Paged<Answer<P> & Page> {
  const [state, set] = useState<{ of: unknown; more: (Answer<P> & Page)[]; busy: boolean; problem?: Problem | undefined }>({ of: first, more: [], busy: false });
  const more = state.of === first ? state.more : [];
  const last: Page = more.at(-1) ?? first;
  const next = last.next_cursor;
  const busy = state.of === first && state.busy;
  const load = () => {
    if (busy || !next) return;
    set({ of: first, more, busy: true });
    get(path, {}, { ...query, cursor: next }).then(
      (page) => set((old) => (old.of === first ? { of: first, more: [...more, page as Answer<P> & Page], busy: false } : old)),
      (problem: unknown) => { if (problem instanceof Problem) set((old) => (old.of === first ? { of: first, more, busy: false, problem } : old)); },
    );
  };
  return { pages: [first, ...more], next, busy, problem: state.of === first ? state.problem : undefined, load };
}
