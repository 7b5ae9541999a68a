// What is known of an action whose effect was not sent yet, and of a look at the page that is under way.
import type { Comparison, Digest, saveDigest } from "./diff";
import type { Filling } from "./echoes";
import type { Walk } from "./snapshot";
import type { Change, PageShot } from "../wire";

export interface Host {
  page(): PageShot;
  words(): string[];
  emitEffect(cause: string | null, page: PageShot, after: PageShot, changes: Change[], settled: boolean, touched: boolean): void;
  ready(): boolean;
}

export interface Pending {
  cause: string | null;
  page: PageShot;
  base: Digest;
  sinceMs: number;
  waitMs: number;
  /** Fields that the user changed by this action: their values are no effect. */
  own: Set<Element>;
  /** Changes seen while waiting, by what they say: those that are gone at the end were transient. */
  seen: Map<string, Change>;
  changes: Change[];
  after: PageShot;
  computedEpoch: number;
  glimpsedEpoch: number;
  glimpsedMs: number;
  settled: boolean;
  quietMs: number;
  /** The action itself hasn't been sent yet (a field that is still being filled). */
  deferred: boolean;
  filling: Filling | null;
}

/** A look at the page that is under way: the walk, and then the comparison with what was there before. */
export interface Look {
  of: Pending | null;
  base: Digest;
  epoch: number;
  walk: Walk;
  comparison: Comparison | null;
}

/** What is carried from one document to the next in the same tab. */
export interface Carried {
  cause: string | null;
  page: PageShot;
  digest: ReturnType<typeof saveDigest>;
}
