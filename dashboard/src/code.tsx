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

const STATEMENT_LINES_MAX = 12;

/** A statement whatever its quotes and line breaks are, as programs write it in one way and people in another. */
const plain = (statement: string): string => statement.replace(/["']/g, '"').replace(/\s+/g, "").replace(/,\)/g, ")");

/** The place of the first line, of those that `wanted` leaves, on which a statement begins; -1 where it isn't. */
export function lineOf(statement: string, lines: readonly string[], wanted: (at: number) => boolean = () => true): number {
  const told = plain(statement);
  return lines.findIndex((text, at) => {
    if (!wanted(at) || !text.trim() || !told.startsWith(plain(text))) return false;
    for (let many = 1; many <= STATEMENT_LINES_MAX; many++) if (plain(lines.slice(at, at + many).join("")) === told) return true;
    return false;
  });
}

interface Asserted { readonly line: number; readonly statement: string; readonly sessions: number | null }

/** Why each assertion is there, by its line: of a program that somebody edited, those that stand in it still. */
export function reasons(lines: readonly string[], steps: readonly { readonly sessions: number; readonly assertions: readonly Asserted[] }[]) {
  const found = new Map<number, Asserted & { readonly of: number }>();
  for (const step of steps) {
    for (const one of step.assertions) {
      const known = lines[one.line - 1]?.trim() === one.statement ? one.line : lineOf(one.statement, lines, (at) => !found.has(at + 1)) + 1;
      if (known) found.set(known, { ...one, of: step.sessions });
    }
  }
  return found;
}
