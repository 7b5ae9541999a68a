// What several pages are made of.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Asked, type Paged, Problem, keepKey } from "./api";
import { ago, count, day, moment, number } from "./format";
import { address } from "./router";
import { type Row, csv, save } from "./save";

interface LinkProps {
  readonly to: readonly string[];
  readonly query?: Record<string, string | undefined>;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly "aria-current"?: "page" | undefined;
  readonly "data-row"?: "1";
}

/** A link to a page of the dashboard. */
export function Page({ to, query, children, ...rest }: LinkProps) {
  return <a href={address(to, query)} data-page="1" {...rest}>{children}</a>;
}

export function Time({ iso }: { iso: string }) {
  return iso ? <time dateTime={iso} title={moment(iso)}>{ago(iso)}</time> : <span>–</span>;
}

const SIGNS: Record<string, [sign: string, label: string, tone: string]> = {
  failing: ["✕", "Failing", "bad"],
  failed: ["✕", "Failed", "bad"],
  flaky: ["≈", "Flaky", "warn"],
  healed: ["+", "Healed", "warn"],
  untested: ["○", "No test", "warn"],
  outdated: ["↻", "Outdated", "warn"],
  draft: ["·", "Draft", "calm"],
  not_run: ["–", "Not run", "calm"],
  proven: ["✓", "Proven", "good"],
  passed: ["✓", "Passed", "good"],
  reviewed: ["✓✓", "Reviewed", "good"],
  quarantined: ["‖", "Quarantined", "calm"],
};

export const labelOf = (state: string): string => SIGNS[state]?.[1] ?? state;

export function State({ state }: { state: string }) {
  const [sign, label, tone] = SIGNS[state] ?? ["?", state, "calm"];
  return <span class={`state ${tone}`}><span class="sign" aria-hidden="true">{sign}</span>{label}</span>;
}

export interface Shown { readonly outcome: string; readonly kind: string | null; readonly ended_at: string }

/** The newest verdicts, the newest on the right. */
export function Strip({ verdicts }: { verdicts: readonly Shown[] }) {
  if (!verdicts.length) return <span class="faint">never run</span>;
  const told = verdicts.map((one) => labelOf(one.outcome).toLowerCase()).join(", ");
  return (
    <span class="strip" role="img" aria-label={`Newest first: ${told}`}>
      {[...verdicts].reverse().map((one) => {
        const [sign, label, tone] = SIGNS[one.outcome] ?? ["?", one.outcome, "calm"];
        return <span class={`verdict ${tone}`} title={`${label}${one.kind ? ` (${one.kind})` : ""}, ${moment(one.ended_at)}`}>{sign}</span>;
      })}
    </span>
  );
}

/** Journeys by day, and within them the users who did them: a day has never more users than journeys. */
export function Bars({ journeys, users, days }: { journeys: readonly number[]; users: readonly number[]; days: readonly string[] }) {
  const most = Math.max(1, ...journeys);
  const all = journeys.reduce((sum, one) => sum + one, 0);
  const width = 5;
  const label = `${count(all, "journey")} from ${day(days[0] ?? "")} to ${day(days.at(-1) ?? "")}, of up to ${count(Math.max(0, ...users), "user")} a day`;
  const height = (value: number) => (value ? Math.max(2, Math.round((value / most) * 19)) : 0);
  return (
    <svg class="bars" viewBox={`0 0 ${journeys.length * width} 20`} role="img" aria-label={label} preserveAspectRatio="none">
      <title>{label}</title>
      {journeys.map((value, place) => {
        const [high, low] = [height(value), height(users[place] ?? 0)];
        return (
          <g>
            <rect x={place * width} y={high ? 20 - high : 19} width={width - 1} height={high || 1} class={high ? "visits" : "none"} />
            {low > 0 && <rect x={place * width} y={20 - low} width={width - 1} height={low} class="some" />}
          </g>
        );
      })}
    </svg>
  );
}

export function Share({ value, label }: { value: number; label: string }) {
  return (
    <svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect width="100" height="6" class="none" />
      <rect width={Math.max(0, Math.min(1, value)) * 100} height="6" class="some" />
    </svg>
  );
}

export function Copy({ text, what }: { text: string; what: string }) {
  const [done, set] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => set(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => void navigator.clipboard.writeText(text).then(() => set(true), () => set(false));
  return <button type="button" class="small" onClick={copy}><span aria-live="polite">{done ? "Copied" : "Copy"}</span><span class="hidden"> {what}</span></button>;
}

export function Command({ text }: { text: string }) {
  return <span class="command"><code>{text}</code><Copy text={text} what="the command" /></span>;
}

/** An empty state: what will be here, and the command that brings it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="empty"><h2>{title}</h2>{children}</div>;
}

export function Wrong({ problem, again }: { problem: Problem; again?: () => void }) {
  if (problem.status === 401 || problem.code === "wrong_key") return <AskKey problem={problem} />;
  return (
    <div class="wrong" role="alert">
      <strong>{sentence(problem.message)}</strong> {sentence(problem.hint)}
      {again && <button type="button" onClick={again}>Try again</button>}
    </div>
  );
}

const sentence = (text: string): string => (text ? text[0]?.toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? "" : ".") : "");

function AskKey({ problem }: { problem: Problem }) {
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    keepKey(field.current?.value.trim() ?? "");
    location.reload();
  };
  return (
    <form class="empty" onSubmit={submit}>
      <h2>{problem.code === "key_missing" ? "This server asks for a key" : "That key doesn't open this"}</h2>
      <p>{problem.code === "key_missing" ? "Paste a key that reads. It stays in this tab, until you close it." : `${sentence(problem.message)} Paste another key that reads.`}</p>
      <label for="key">Key</label>
      <span class="command"><input id="key" ref={field} type="password" autocomplete="off" spellcheck={false} required /><button type="submit" class="main">Open</button></span>
      <p class="faint">Keys are listed in the file that JOURNEYWRIGHT_API_KEYS names.</p>
    </form>
  );
}

/** What a page is about, as `Loaded`; where there is no such thing, that is all that the page says. */
export function PageOf<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ComponentChildren }) {
  if (asked.problem?.status === 404) return <div class="empty"><h1>{sentence(asked.problem.message)}</h1><p><Page to={[]}>All flows</Page></p></div>;
  return <Loaded asked={asked}>{children}</Loaded>;
}

/** What was asked for, once it is there, or what stands in its place. */
export function Loaded<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ComponentChildren }) {
  if (asked.problem) return <Wrong problem={asked.problem} again={asked.again} />;
  if (asked.data === undefined) return <p class="loading" role="status">Loading…</p>;
  return <>{children(asked.data)}</>;
}

export interface Column {
  readonly head: string;
  readonly kind?: "what" | "num" | "mono" | "cause-of";
}

const ROWS_SHOWN = 100;

/** A table that becomes a list of cards where there is no room for its columns: each cell then says its column's name.
 * Of very many rows the first are shown until more are asked for. */
export function Table({ label, columns, rows, small }: { label: string; columns: readonly Column[]; rows: readonly (readonly ComponentChildren[])[]; small?: boolean }) {
  const [shown, show] = useState(ROWS_SHOWN);
  // The roles stay with it as cards, where the browser would take them away.
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class={`list cards ${small ? "small" : ""}`} role="table">
        <thead role="rowgroup"><tr role="row">{columns.map((one) => <th scope="col" role="columnheader" class={one.kind}>{one.head}</th>)}</tr></thead>
        <tbody role="rowgroup">{rows.slice(0, shown).map((cells) => <tr role="row">{columns.map((one, at) => <td role="cell" class={one.kind} data-head={one.kind === "what" ? undefined : one.head}>{cells[at]}</td>)}</tr>)}</tbody>
      </table>
      {rows.length > shown && <p class="more"><button type="button" onClick={() => show(shown + ROWS_SHOWN)}>Show more ({number(rows.length - shown)} left)</button></p>}
    </div>
  );
}

/** Brings the next page of a list before its end is reached. */
export function More({ paged, left }: { paged: Paged<unknown>; left: number }) {
  const end = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const seen = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && !paged.problem && paged.load(), { rootMargin: "600px" });
    if (end.current) seen.observe(end.current);
    return () => seen.disconnect();
  });
  if (paged.problem) return <Wrong problem={paged.problem} again={paged.load} />;
  if (!paged.next) return null;
  return <p class="more" ref={end}><button type="button" onClick={paged.load} disabled={paged.busy}>{paged.busy ? "Loading…" : `Show more (${number(left)} left)`}</button></p>;
}

export function Export({ name, rows, whole }: { name: string; rows: () => Row[]; whole?: unknown }) {
  return (
    <span class="export">
      <button type="button" class="small" onClick={() => save(`${name}.csv`, "text/csv", csv(rows()))}>CSV</button>
      <button type="button" class="small" onClick={() => save(`${name}.json`, "application/json", JSON.stringify(whole ?? rows(), null, 2))}>JSON</button>
    </span>
  );
}

export function Figure({ value, label, children }: { value: number | string; label: string; children?: ComponentChildren }) {
  return <div class="figure"><dt>{label}</dt><dd>{typeof value === "number" ? number(value) : value}{children}</dd></div>;
}
