// The clock, timers and boxes, and the one guard around all our listeners. What is called here as a function of the browser
// is one from a clean place once it is built (see clean.js).

export const native = {
  later: (work: () => void, ms: number): number => setTimeout(guard(work), ms) as unknown as number,
  cancel: (timer: number): void => clearTimeout(timer),
  now: (): number => Date.now(),
  /** The element's own box: elements of a page's making may answer with that of a part of theirs. */
  boxOf: (element: Element): DOMRect => element.getBoundingClientRect(),
};

/** Errors of the recorder itself since the page was loaded: counted, never thrown into the page. */
export const faults = { count: 0, last: "" };
/** With more, the recorder can't work in this page: it stops, and costs nothing from then on. */
const FAULTS_MAX = 100;
let tell: (error: unknown) => void = () => undefined;

/** Has `work` called with each fault. */
export function onFault(work: (error: unknown) => void): void {
  tell = work;
}

/** No listener or timer of ours does anything from now on. */
export function stop(why: string): void {
  faults.count = Math.max(faults.count, FAULTS_MAX);
  faults.last = why;
}

export function guard<A extends unknown[]>(work: (...args: A) => void): (...args: A) => void {
  return (...args: A) => {
    if (faults.count >= FAULTS_MAX) return;
    try {
      work(...args);
    } catch (error) {
      faults.count += 1;
      faults.last = String((error as Error)?.stack ?? error);
      attempt(() => tell(error), undefined);
    }
  };
}

/** For what a promise of ours rejects with: an error like any other, which the page must not hear of. */
export const rethrow = guard((error: unknown) => {
  throw error;
});

const wrappers = new WeakSet<object>();

/**
 * Has `work` called in the place of a function of the page, with a call of the function itself. To the page it looks as
 * before: its fields, its name, and how it prints. What a page has frozen stays as it is.
 */
export function wrap(holder: object | null | undefined, name: string, work: (call: () => unknown, self: unknown, args: unknown[]) => unknown): void {
  const original = (holder as Record<string, unknown> | null | undefined)?.[name];
  if (typeof original !== "function" || wrappers.has(original)) return;
  const known = Object.getOwnPropertyDescriptor(holder!, name);
  if (known && !known.configurable && !known.writable) return;
  const proxy = new Proxy(original, {
    apply: (target, self, args) => work(() => Reflect.apply(target, self, args), self, args),
  });
  wrappers.add(proxy);
  const rest = known && "value" in known ? known : { writable: true, enumerable: true, configurable: true };
  attempt(() => Object.defineProperty(holder!, name, { ...rest, value: proxy }), undefined);
}

/** A part of an address as it is meant, if it is written as one. */
export const decoded = (text: string): string => attempt(() => decodeURIComponent(text), text);

/** The result of `work`, or `otherwise` where it throws: for what a page may deny (storage, foreign frames). */
export function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

export function newId(): string {
  // Not in pages over plain HTTP, nor where a page has put something else in the place of `crypto`.
  const given = attempt(() => crypto.randomUUID(), "");
  if (given) return given;
  const bytes = attempt(() => crypto.getRandomValues(new Uint8Array(16)), null) ?? Array.from({ length: 16 }, () => Math.floor(Math.random() * 256));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  const hex = Array.from(bytes, (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
