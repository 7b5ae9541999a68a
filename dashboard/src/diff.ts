// The difference of two programs by lines (Myers' algorithm), bounded: what differs too much is told as replaced.
export type Line = { readonly kind: "same" | "gone" | "new"; readonly text: string; readonly before?: number; readonly after?: number };

const EDITS_MAX = 1_500;

export function diff(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const middle = edits(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const kinds: Line["kind"][] = [...Array<"same">(start).fill("same"), ...middle, ...Array<"same">(end).fill("same")];
  let old = 0;
  let now = 0;
  return kinds.map((kind) => {
    if (kind === "gone") return { kind, text: before[old] ?? "", before: ++old };
    if (kind === "new") return { kind, text: after[now] ?? "", after: ++now };
    return { kind, text: after[now] ?? "", before: ++old, after: ++now };
  });
}

function edits(a: readonly string[], b: readonly string[]): Line["kind"][] {
  const replaced = (): Line["kind"][] => [...a.map(() => "gone" as const), ...b.map(() => "new" as const)];
  const most = Math.min(a.length + b.length, EDITS_MAX);
  let reached = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(new Map(reached));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
      let x = down ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reached.set(k, x);
      if (x >= a.length && x - k >= b.length) return back(trace, a.length, b.length);
    }
  }
  return replaced();
}

function back(trace: readonly Map<number, number>[], aLength: number, bLength: number): Line["kind"][] {
  const found: Line["kind"][] = [];
  let x = aLength;
  let y = bLength;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reached = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
    const from = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (reached.get(from) ?? 0);
    const fromY = d === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) { found.push("same"); x--; y--; }
    if (d > 0) {
      found.push(down ? "new" : "gone");
      x = fromX;
      y = fromY;
    }
  }
  return found.reverse();
}
