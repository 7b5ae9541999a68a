// Home: what people do, what state its test is in, what asks for attention first.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useTitle } from "../title";
import { type Answer, useGet, usePages } from "../api";
import { count, number, titled } from "../format";
import { ROWS, useKeys } from "../keys";
import { Bars, Command, Empty, Export, Loaded, More, Page, State, Strip, Time, labelOf } from "../parts";
import { STATES, having, parse } from "../query";
import { address, go } from "../router";

type Listed = Answer<"/api/v1/flows">;
type Row = Listed["flows"][number];
const SORTS = [["attention", "What asks for attention"], ["journeys", "Most journeys"], ["seen", "Newest"]] as const;
const PAUSE_MS = 180;

export function Flows({ query }: { query: URLSearchParams }) {
  const text = query.get("q") ?? "";
  const sort = query.get("sort") ?? "";
  const box = useRef<HTMLInputElement>(null);
  useTitle(text ? `${text} · Flows` : "Flows");
  useKeys({ ...ROWS, "/": { what: "search", run: () => box.current?.select() } });
  const { wrong, ...wanted } = parse(text);
  const asked = useGet("/api/v1/flows", {}, { ...wanted, sort: sort || undefined });
  const show = (q: string, order = sort, how: "push" | "replace" = "push") => go(address([], { q, sort: order }), how);
  return (
    <>
      <h1 class="hidden">Flows</h1>
      <div class="bar">
        <SearchBox box={box} text={text} show={(q) => show(q, sort, "replace")} />
        <label class="sort"><span class="hidden">Order</span>
          <select value={sort || "attention"} onChange={(event) => show(text, event.currentTarget.value === "attention" ? "" : event.currentTarget.value)}>
            {SORTS.map(([value, label]) => <option value={value}>{label}</option>)}
          </select>
        </label>
      </div>
      {wrong.map((one) => <p class="wrong" role="alert">{one}</p>)}
      <Loaded asked={asked}>
        {(first) => <List key={JSON.stringify([wanted, sort])} first={first} wanted={{ ...wanted, sort: sort || undefined }} text={text} show={show} />}
      </Loaded>
    </>
  );
}

function SearchBox({ box, text, show }: { box: { current: HTMLInputElement | null }; text: string; show: (q: string) => void }) {
  const [typed, set] = useState(text);
  const sent = useRef(text);
  useEffect(() => {
    if (text !== sent.current) set(text);
    sent.current = text;
  }, [text]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => { sent.current = typed; show(typed); }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <form class="search" role="search" onSubmit={(event) => { event.preventDefault(); sent.current = typed; show(typed); }}>
      <label for="search" class="hidden">Search flows</label>
      <input id="search" ref={box} type="search" value={typed} onInput={(event) => set(event.currentTarget.value)} placeholder="Search, or tag:login state:failing seen:7d app:shop" autocomplete="off" spellcheck={false}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()} />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

function List({ first, wanted, text, show }: { first: Listed; wanted: Record<string, string | undefined>; text: string; show: (q: string) => void }) {
  const paged = usePages("/api/v1/flows", wanted, first);
  const flows = paged.pages.flatMap((page) => page.flows);
  const rows = useRef(new Map<Listed, { many: boolean; of: ComponentChildren }>());
  const manyApps = new Set(flows.map((flow) => flow.app)).size > 1;
  // A page's rows are made once: with each further page only its own are added.
  const rowsOf = (page: Listed) => {
    const made = rows.current.get(page);
    if (made?.many === manyApps) return made.of;
    const of = page.flows.map((flow) => <FlowRow flow={flow} days={first.days} text={text} manyApps={manyApps} />);
    rows.current.set(page, { many: manyApps, of });
    return of;
  };
  if (!flows.length) return text ? <Empty title="No flow is like that"><p><button type="button" onClick={() => show("")}>Show all flows</button></p></Empty> : <NothingYet />;
  return (
    <>
      <div class="above">
        <States states={first.states ?? {}} text={text} show={show} />
        <span role="status" class="faint">{count(first.total ?? flows.length, "flow")}</span>
        <Export name="flows" rows={() => flows.map(plain)} whole={flows} />
      </div>
      <table class="list flows">
        <thead><tr><th scope="col">Flow</th><th scope="col">Test</th><th scope="col">Last ten runs</th><th scope="col" class="num">Journeys</th><th scope="col"><span class="wide">{first.days.length} days: <span class="swatch some" />users <span class="swatch visits" />journeys</span></th><th scope="col">Seen</th></tr></thead>
        {paged.pages.map((page) => <tbody>{rowsOf(page)}</tbody>)}
      </table>
      <More paged={paged} left={(first.total ?? 0) - flows.length} />
    </>
  );
}

function FlowRow({ flow, days, text, manyApps }: { flow: Row; days: readonly string[]; text: string; manyApps: boolean }) {
  return (
    <tr>
      <td class="what">
        <Page to={["flows", flow.flow_id]} data-row="1">{titled(flow.title)}</Page>
        <span class="tags">
          {flow.tags.map((tag) => <Page to={[]} query={{ q: having(text, "tag", tag) }} class="tag">{tag}</Page>)}
          {manyApps && <Page to={[]} query={{ q: having(text, "app", flow.app) }} class="app">{flow.app}</Page>}
          {flow.saved && <span class="faint">edited</span>}
        </span>
        {flow.failure && <span class="failure">No test: {flow.failure}</span>}
      </td>
      <td><State state={flow.state} /></td>
      <td class="runs"><Strip verdicts={flow.verdicts} /></td>
      <td class="num">{number(flow.support)}<span class="narrow"> {flow.support === 1 ? "journey" : "journeys"}</span></td>
      <td class="trend"><Bars journeys={flow.journeys} users={flow.users} days={days} /></td>
      <td class="when"><Time iso={flow.last_seen} /></td>
    </tr>
  );
}

function States({ states, text, show }: { states: Readonly<Record<string, number>>; text: string; show: (q: string) => void }) {
  const chosen = parse(text).state?.split(",") ?? [];
  const there = STATES.filter((state) => states[state] || chosen.includes(state));
  return (
    <ul class="states" aria-label="Flows by the state of their test">
      {there.map((state) => {
        const on = chosen.includes(state);
        const next = on ? chosen.filter((one) => one !== state) : [...chosen, state];
        return (
          <li><button type="button" aria-pressed={on} onClick={() => show(having(text, "state", next.join(",") || null))}><State state={state} /><span class="many">{number(states[state] ?? 0)}</span></button></li>
        );
      })}
    </ul>
  );
}

function NothingYet() {
  const here = new URL("capture.js", document.baseURI).href;
  return (
    <Empty title="No journeys yet">
      <p>Put the recorder into your pages, and use the app:</p>
      <Command text={`<script src="${here}" data-app="shop"></script>`} />
      <p>Or send what was recorded elsewhere:</p>
      <Command text="journeywright replay events.ndjson" />
      <p>A journey ends after 30 minutes of silence, or when the page calls <code>window.journeywright.end()</code>. <Page to={["live"]}>Live</Page> shows what comes in.</p>
    </Empty>
  );
}

const plain = (flow: Row) => ({
  title: flow.title, app: flow.app, tags: flow.tags.join(" "), state: labelOf(flow.state), journeys: flow.support, journeys_by_day: flow.journeys.join(" "), users_by_day: flow.users.join(" "), last_seen: flow.last_seen,
  verdicts: flow.verdicts.map((one) => one.outcome).join(" "), file: flow.file_name, flow_id: flow.flow_id, test_id: flow.test_id,
});
