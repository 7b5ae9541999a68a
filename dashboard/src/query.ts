// The one search box: `tag:login state:failing,flaky seen:7d app:shop` and words.
export interface Search {
  readonly app?: string;
  readonly tag?: string;
  readonly state?: string;
  readonly seen_since?: string;
  readonly seen_before?: string;
  readonly q?: string;
  readonly wrong: readonly string[];
}

const TOKEN = /(\w+):(?:"([^"]*)"|(\S+))|"([^"]*)"|(\S+)/g;
const SPAN = /^([<>]?)(\d{1,4})([hdw])$/;
const SPAN_MS: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };
export const STATES = ["failing", "flaky", "healed", "untested", "outdated", "draft", "proven", "reviewed", "quarantined"] as const;
export const TO_REVIEW = ["failing", "flaky", "healed", "outdated", "draft", "proven"] as const;

export function parse(text: string, now: number = Date.now()): Search {
  const found: Record<string, string> = {};
  const words: string[] = [];
  const wrong: string[] = [];
  for (const [whole, name, quoted, plain, phrase, word] of text.matchAll(TOKEN)) {
    const value = quoted ?? plain ?? "";
    if (name === "app" || name === "tag") found[name] = value;
    else if (name === "state") {
      if (value.split(",").every((one) => (STATES as readonly string[]).includes(one))) found["state"] = value;
      else wrong.push(`state: is one of ${STATES.join(", ")}`);
    } else if (name === "seen") {
      const span = SPAN.exec(value);
      if (!span) wrong.push("seen: takes a span, as in seen:7d (within), seen:>30d (not since)");
      else {
        const hour = 3_600_000;
        const at = new Date(Math.floor((now - Number(span[2]) * (SPAN_MS[span[3] ?? "d"] ?? 0)) / hour) * hour).toISOString();
        found[span[1] === ">" ? "seen_before" : "seen_since"] = at;
      }
    } else words.push(phrase ?? word ?? whole);
  }
  if (words.length) found["q"] = words.join(" ");
  return { ...found, wrong };
}

/** The text with `name:` set to a value, or without it. */
export function having(text: string, name: string, value: string | null): string {
  const rest = text.replace(new RegExp(`(^|\\s)${name}:(?:"[^"]*"|\\S+)`, "g"), " ").replace(/\s+/g, " ").trim();
  if (value === null) return rest;
  const told = /[\s"]/.test(value) ? `${name}:"${value.replaceAll('"', "")}"` : `${name}:${value}`;
  return rest ? `${rest} ${told}` : told;
}
