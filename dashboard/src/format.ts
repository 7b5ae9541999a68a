// Numbers and times as the reader's locale writes them.
const NUMBER = new Intl.NumberFormat();
const COMPACT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const SHARE = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const SECONDS = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const SPANS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60],
];

export const number = (value: number): string => NUMBER.format(value);
/** Few letters, where there is little room: 9.4K. */
export const compact = (value: number): string => COMPACT.format(value);
export const share = (value: number): string => SHARE.format(value);
export const seconds = (value: number): string => `${SECONDS.format(value)} s`;

export function moment(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : MOMENT.format(at);
}

export function day(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : DAY.format(at);
}

export function ago(iso: string, now: number = Date.now()): string {
  const past = (new Date(iso).getTime() - now) / 1000;
  if (Number.isNaN(past)) return "";
  for (const [unit, span] of SPANS) if (Math.abs(past) >= span) return AGO.format(Math.trunc(past / span), unit);
  return Math.abs(past) < 10 ? "just now" : AGO.format(Math.trunc(past), "second");
}

export function count(many: number, one: string, more: string = `${one}s`): string {
  return `${number(many)} ${many === 1 ? one : more}`;
}

/** A title, or what stands where there is none to read. */
export const titled = (text: string): string => (text.trim() ? text : "(untitled)");

/** One paragraph on one line, as a table has room for. */
export const line = (text: string): string => text.replace(/\s+/g, " ").trim();
