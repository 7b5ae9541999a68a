// Python as text with its kinds of words told apart; always text, never markup.
import type { ComponentChildren } from "preact";

const WORD = /("""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(#.*)|\b(\d+(?:\.\d+)?)\b|\b(import|from|def|return|for|in|as|with|if|else|not|and|or|None|True|False|class|assert|lambda|raise|try|except|while|is)\b|\b(expect)\b/g;
const KINDS = ["", "str", "com", "num", "kw", "fn"] as const;

/** The lines of a program, each as its words; a text over several lines stays one. */
export function linesOf(code: string): ComponentChildren[][] {
  const lines: ComponentChildren[][] = [[]];
  const add = (text: string, kind: string) => {
    text.split("\n").forEach((part, place) => {
      if (place) lines.push([]);
      if (part) lines.at(-1)?.push(kind ? <span class={kind}>{part}</span> : part);
    });
  };
  let last = 0;
  for (const found of code.matchAll(WORD)) {
    add(code.slice(last, found.index), "");
    add(found[0], KINDS[found.findIndex((group, place) => place > 0 && group !== undefined)] ?? "");
    last = found.index + found[0].length;
  }
  add(code.slice(last), "");
  return lines;
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
