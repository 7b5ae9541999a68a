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

export function guard<A extends unknown[]>(work: (...args: A) => void): (...args: A) => void {
  return (...args: A) => {
    try {
      work(...args);
    } catch (error) {
      faults.count += 1;
      faults.last = String((error as Error)?.stack ?? error);
    }
  };
}

/** The result of `work`, or `otherwise` where it throws: for what a page may deny (storage, foreign frames). */
export function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
