// The address is the state: pages and filters are read from it and written to it, so that back works and links can be
// shared. All of it lies below the document's base, which leads to where the port is mounted.
import { useEffect, useState } from "preact/hooks";

export const BASE = new URL(document.baseURI);

export interface Route {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();

export function route(): Route {
  const path = decodeURI(location.pathname).slice(decodeURI(BASE.pathname).length);
  const parts = path.split("/").filter(Boolean).map((part) => decodeURIComponent(part.replaceAll("%25", "%")));
  return { parts, query: new URLSearchParams(location.search) };
}

/** The address of a page, e.g. `address(["flows", id], { q: "tag:login" })`. Empty values are left out. */
export function address(parts: readonly string[], query: Record<string, string | undefined> = {}): string {
  const url = new URL(parts.map(encodeURIComponent).join("/"), BASE);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url.href;
}

export function go(href: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", href);
  else history.replaceState(null, "", href);
  for (const listener of listeners) listener();
}

addEventListener("popstate", () => {
  for (const listener of listeners) listener();
});

export function useRoute(): Route {
  const [current, set] = useState(route);
  useEffect(() => {
    const changed = () => set(route());
    listeners.add(changed);
    return () => void listeners.delete(changed);
  }, []);
  return current;
}

/** Follows links within the dashboard without loading the document anew. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.download || !link.dataset["page"]) return;
  event.preventDefault();
  if (link.href !== location.href) go(link.href);
  scrollTo(0, 0);
}
