// Keys that do something on the page that is shown; never while somebody types, and never with a modifier.
import { useLayoutEffect } from "preact/hooks";

export type Keys = Readonly<Record<string, { readonly what: string; readonly run: () => void }>>;

const layers: Keys[] = [];

export const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("[data-typing]") !== null);

addEventListener("keydown", (event) => {
  const from = event.composedPath()[0] ?? event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (typing(from) || typing(event.target) || document.querySelector("dialog[open]")) return;
  for (const layer of [...layers].reverse()) {
    const found = layer[event.key];
    if (found) {
      event.preventDefault();
      found.run();
      return;
    }
  }
});

export function useKeys(keys: Keys): void {
  // With the page itself: a key that is pressed as soon as something is seen must not be lost.
  useLayoutEffect(() => {
    layers.push(keys);
    return () => void layers.splice(layers.indexOf(keys), 1);
  });
}

export function allKeys(): [string, string][] {
  const found = new Map<string, string>();
  for (const layer of layers) for (const [name, { what }] of Object.entries(layer)) found.set(name, what);
  return [...found];
}

/** Moves the focus among the elements that are marked as rows. */
export function move(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => row.offsetParent !== null);
  const at = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** The row that leads to an address. */
export const rowTo = (href: string): HTMLElement | undefined => [...document.querySelectorAll<HTMLAnchorElement>("a[data-row]")].find((row) => row.href === href);

export const ROWS: Keys = {
  j: { what: "next", run: () => move(1) },
  k: { what: "previous", run: () => move(-1) },
};
