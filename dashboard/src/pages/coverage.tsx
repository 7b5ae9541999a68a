// Coverage: what users do, weighed by how many do it, and what of that the tests cover.
import { useEffect } from "preact/hooks";
import { useTitle } from "../title";
import { type Answer, useGet } from "../api";
import { count, day, number, share, titled } from "../format";
import { ROWS, useKeys } from "../keys";
import { Empty, Export, Figure, Loaded, Page, Share, Table, Time } from "../parts";
import { address, go } from "../router";

type Found = Answer<"/api/v1/coverage">;
const TARGETS = [0.5, 0.8, 0.9, 0.95, 1];
const SPANS = [["", "never"], ["7", "7 days"], ["30", "30 days"], ["90", "90 days"]] as const;
const DAY_MS = 86_400_000;
const AGAIN_MS = 300;

export function Coverage({ query }: { query: URLSearchParams }) {
  useTitle("Coverage");
  useKeys(ROWS);
  const apps = useGet("/api/v1/apps", {});
  return <Loaded asked={apps}>{(found) => found.apps.length ? <OfApp apps={found.apps} query={query} /> : <Empty title="Nothing was seen yet"><p>Coverage says what of the users' behaviour the tests cover. <Page to={[]}>Flows</Page> says how to begin.</p></Empty>}</Loaded>;
}

function OfApp({ apps, query }: { apps: Answer<"/api/v1/apps">["apps"]; query: URLSearchParams }) {
  const app = query.get("app") ?? apps[0]?.app ?? "";
  const target = query.get("target") ?? "0.9";
  const died = query.get("died") ?? "";
  const since = died ? new Date(Math.floor((Date.now() - Number(died) * DAY_MS) / 3_600_000) * 3_600_000).toISOString() : "";
  const asked = useGet("/api/v1/coverage", {}, { app, target, since });
  const unread = asked.data?.flows_unread ?? 0;
  useEffect(() => {
    if (!unread || asked.loading) return;
    const timer = setTimeout(asked.again, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [asked.data, asked.loading]);
  const show = (changed: Record<string, string>) => go(address(["coverage"], { app, target, died, ...changed }), "replace");
  return (
    <>
      <div class="head"><h1>Coverage</h1><p class="lead">Journeys are visits; an activity is one thing done in them, such as a form sent off. Both weigh as much as people do them.</p></div>
      <p class="acts">
        <label>App <select value={app} onChange={(event) => show({ app: event.currentTarget.value })}>{apps.map((one) => <option value={one.app}>{one.app} ({count(one.journeys, "journey")})</option>)}</select></label>
        <label>Cover <select value={target} onChange={(event) => show({ target: event.currentTarget.value })}>{TARGETS.map((one) => <option value={String(one)}>{share(one)}</option>)}</select> of activities</label>
        <label>Died out after <select value={died} onChange={(event) => show({ died: event.currentTarget.value })}>{SPANS.map(([value, label]) => <option value={value}>{label}</option>)}</select></label>
      </p>
      <Loaded asked={asked}>{(found) => <Figures found={found} app={app} flows={apps.find((one) => one.app === app)?.flows ?? 0} />}</Loaded>
    </>
  );
}

function Figures({ found, app, flows }: { found: Found; app: string; flows: number }) {
  const others = found.missing.filter((gap) => gap.reason === "other tests");
  const nobody = found.missing.filter((gap) => gap.reason !== "other tests");
  const smallest = found.smallest.map((id) => ({ title: found.titles[id] ?? "", flow_id: id }));
  return (
    <>
      {flows > found.flows_max && <p class="note">{app} has {count(flows, "flow")}; these are the figures of the {number(found.flows_max)} that are done most.</p>}
      <p class="note" role="status" hidden={!found.flows_unread}>Still being read: {count(found.flows_unread, "flow")}, the least frequent ones. They are not counted yet.</p>
      <dl class="figures">
        <Figure value={share(found.journeys_covered)} label={`of ${count(found.journeys, "journey")} are covered`}><ByOthers value={found.journeys_by_others} /><Share value={found.journeys_covered} label={`${share(found.journeys_covered)} of journeys`} /></Figure>
        <Figure value={share(found.activities_covered)} label={`of ${count(found.activities, "kind")} of activities, by weight`}><ByOthers value={found.activities_by_others} /><Share value={found.activities_covered} label={`${share(found.activities_covered)} of activities`} /></Figure>
        <Figure value={nobody.length} label="flows covered by nobody" />
        <Figure value={found.smallest.length} label={`tests reach ${share(found.reached)} of activities`} />
      </dl>
      <OverTime days={found.days} />
      <section>
        <div class="above"><h2>Covered by nobody</h2><Export name="not-covered" rows={() => nobody.map((gap) => ({ ...gap }))} whole={nobody} /></div>
        {nobody.length ? <Gaps gaps={nobody} /> : <p class="lead">Every flow of {app} has a test, or does only what others' tests do too.</p>}
      </section>
      {others.length > 0 && <section><div class="above"><h2>Covered by other tests alone</h2><Export name="covered-by-others" rows={() => others.map((gap) => ({ ...gap }))} whole={others} /></div><Gaps gaps={others} /></section>}
      {found.died_out.length > 0 && <section><div class="above"><h2>Tested, and not seen any more</h2><Export name="died-out" rows={() => found.died_out.map((gap) => ({ ...gap }))} whole={found.died_out} /></div><Gaps gaps={found.died_out} /></section>}
      <section>
        <div class="above"><h2>The fewest tests that would do</h2><span class="faint">in the order in which they help most</span><Export name="smallest" rows={() => smallest} /></div>
        <ol class="plain">{smallest.map((one) => <li><Page to={["flows", one.flow_id]} data-row="1">{titled(one.title)}</Page></li>)}</ol>
      </section>
    </>
  );
}

/** What other tests than ours cover on top of it. */
function ByOthers({ value }: { value: number | undefined }) {
  return value ? <span class="faint"> and {share(value)} by other tests</span> : null;
}

function Gaps({ gaps }: { gaps: Found["missing"] }) {
  return (
    <Table label="Flows" columns={[{ head: "Flow", kind: "what" }, { head: "Why" }, { head: "Journeys", kind: "num" }, { head: "Seen" }]}
      rows={gaps.map((gap) => [<Page to={["flows", gap.flow_id]} data-row="1">{titled(gap.title)}</Page>, gap.reason, number(gap.journeys), <Time iso={gap.last_seen} />])} />
  );
}

/** Journeys by day: those of flows with a test below, the others on top of them; and a line for who did them. */
function OverTime({ days }: { days: Found["days"] }) {
  const most = Math.max(1, ...days.map((one) => one.tested + one.untested));
  const high = (value: number) => 100 - (value / most) * 98;
  const told = (one: Found["days"][number]) => `${day(one.day)}: ${count(one.users, "user")}, ${count(one.tested, "journey")} with a test, ${number(one.untested)} without`;
  const label = `Journeys and users by day, ${day(days[0]?.day ?? "")} to ${day(days.at(-1)?.day ?? "")}`;
  return (
    <section>
      <div class="above"><h2>Users and journeys by day</h2><span class="faint"><span class="swatch some" /> journeys with a test <span class="swatch other" /> without <span class="swatch line" /> users</span><Export name="journeys-by-day" rows={() => days.map((one) => ({ ...one }))} /></div>
      <svg class="days" viewBox={`0 0 ${days.length * 20} 100`} preserveAspectRatio="none" role="img" aria-label={`${label}; the table below has the numbers`}>
        {days.map((one, at) => {
          const [low, top] = [(one.tested / most) * 98, (one.untested / most) * 98];
          return <g><title>{told(one)}</title><rect x={at * 20 + 2} width="16" y={99} height="1" class="none" /><rect x={at * 20 + 2} width="16" y={100 - low} height={low} class="some" /><rect x={at * 20 + 2} width="16" y={100 - low - top} height={top} class="other" /></g>;
        })}
        <polyline class="people" points={days.map((one, at) => `${at * 20 + 10},${high(one.users)}`).join(" ")} />
      </svg>
      <p class="ends faint"><span>{day(days[0]?.day ?? "")}</span><span>at most {count(most, "journey")} a day</span><span>{day(days.at(-1)?.day ?? "")}</span></p>
      <details>
        <summary>The numbers</summary>
        <Table small label={label} columns={[{ head: "Day" }, { head: "Users", kind: "num" }, { head: "With a test", kind: "num" }, { head: "Without", kind: "num" }]}
          rows={days.map((one) => [day(one.day), number(one.users), number(one.tested), number(one.untested)])} />
      </details>
    </section>
  );
}
