// Python as text with its kinds of words told apart; always text, never markup.
import type { ComponentChildren } from "preact";

const WORD = /("""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(#.*)|\b(\d+(?:\.\d+)?)\b|\b(import|from|def|return|for|in|as|with|if|else|not|and|or|None|True|False|class|assert|lambda|raise|try|except|while|is)\b|\b(expect)\b/g;
const KINDS = ["", "str", "com", "num", "kw", "fn"] as const;

export function Words({ text }: { text: string }) {
  const parts: ComponentChildren[] = [];
  let last = 0;
  for (const found of text.matchAll(WORD)) {
    const kind = KINDS[found.findIndex((group, place) => place > 0 && group !== undefined)] ?? "";
    if (found.index > last) parts.push(text.slice(last, found.index));
    parts.push(<span class={kind}>{found[0]}</span>);
    last = found.index + found[0].length;
  }
  parts.push(text.slice(last));
  return <>{parts}</>;
}

/** For each line of code the number of the step that it belongs to, or -1. `begins` has the first line of each step. */
export function stepsOfLines(lines: number, begins: readonly number[]): number[] {
  const found = Array<number>(lines).fill(-1);
  const known = begins.map((line, step) => [line, step] as const).filter(([line]) => line > 0).sort((a, b) => a[0] - b[0]);
  known.forEach(([line, step], place) => {
    const end = known[place + 1]?.[0] ?? lines + 1;
    for (let at = line; at < end; at++) found[at - 1] = step;
  });
  return found;
}
