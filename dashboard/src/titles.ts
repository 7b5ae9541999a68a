// The titles of an app's flows, for pages whose answers name flows and tests by their ids.
import { useEffect, useState } from "preact/hooks";
import { type Answer, Problem, get } from "./api";

export type Listed = Answer<"/api/v1/flows">["flows"][number];
const PAGES_MAX = 10;
const LIMIT = 200;

export interface Titles { readonly flows: readonly Listed[]; readonly days: readonly string[]; readonly whole: boolean; readonly problem: Problem | undefined }

/** The most frequent flows of an app, up to PAGES_MAX pages; they come page by page. */
export function useFlows(app: string | undefined): Titles {
  const [state, set] = useState<Titles>({ flows: [], days: [], whole: false, problem: undefined });
  useEffect(() => {
    const stop = new AbortController();
    set({ flows: [], days: [], whole: false, problem: undefined });
    const load = async () => {
      let cursor: string | undefined;
      for (let page = 0; page < PAGES_MAX; page++) {
        const answer = await get("/api/v1/flows", {}, { app, sort: "journeys", limit: LIMIT, cursor }, stop.signal);
        cursor = answer.next_cursor ?? undefined;
        const last = cursor === undefined;
        set((old) => ({ flows: [...old.flows, ...answer.flows], days: answer.days, whole: last, problem: undefined }));
        if (last) return;
      }
    };
    load().catch((problem: unknown) => { if (problem instanceof Problem) set((old) => ({ ...old, problem })); });
    return () => stop.abort();
  }, [app]);
  return state;
}
