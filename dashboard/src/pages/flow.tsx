// One flow: its story beside its test. Either lights the other.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useTitle } from "../title";
import { type Answer, Problem, get, send, useGet } from "../api";
import { linesOf, reasons, stepsOfLines } from "../code";
import { count, moment, number, titled } from "../format";
import { ROWS, useKeys } from "../keys";
import { Command, Copy, Empty, Export, Loaded, Page, PageOf, State, Table, Time, Wrong } from "../parts";
import { address, go } from "../router";
import { Failure, VerdictList, failing, useVerdictsOf } from "../verdicts";

type FlowAnswer = Answer<"/api/v1/flows/{id}">;
type Test = Answer<"/api/v1/tests/{id}">;
type Places = Answer<"/api/v1/stories/{id}/places">;
type Agreement = Answer<"/api/v1/flows/{id}/agreement">;

export function Flow({ id, query }: { id: string; query: URLSearchParams }) {
  const asked = useGet("/api/v1/flows/{id}", { id });
  return <PageOf asked={asked}>{(flow) => <Told flow={flow} step={Number(query.get("step") ?? 0)} again={asked.again} />}</PageOf>;
}

function Told({ flow, step, again }: { flow: FlowAnswer; step: number; again: () => void }) {
  const test = useGet("/api/v1/tests/{id}", flow.test_id ? { id: flow.test_id } : null);
  const agreement = useGet("/api/v1/flows/{id}/agreement", { id: flow.flow_id });
  const verdicts = useVerdictsOf(flow.test_id);
  const failed = test.data && failing(verdicts.data?.verdicts, test.data.revision);
  // All at once: what came later would push down what somebody reads.
  const whole = flow.test_id === null || [test, agreement, verdicts].every((one) => one.data || one.problem);
  const title = test.data?.title ?? flow.title;
  useTitle(title);
  useKeys({ ...ROWS, ...(flow.test_id ? { e: { what: "review and edit the test", run: () => go(address(["review", flow.test_id ?? ""])) } } : {}) });
  return (
    <>
      <div class="head">
        <p class="crumbs"><Page to={[]}>Flows</Page> / {flow.app}</p>
        <h1>{titled(title)}</h1>
        <p class="facts">
          {whole && <State state={test.data?.state ?? (flow.test_id ? "draft" : "untested")} />}
          <span>{count(flow.support, "journey")}</span>
          <span>last seen <Time iso={flow.last_seen} /></span>
          {test.data?.tags?.map((tag) => <Page to={[]} query={{ q: `tag:${tag}` }} class="tag">{tag}</Page>)}
          {flow.test_id && <Page to={["review", flow.test_id]} class="button">Review <kbd>e</kbd></Page>}
        </p>
      </div>
      {!whole ? <p class="loading" role="status">Loading…</p> : (
        <>
          {flow.merged_into && <p class="note">The journeys of this flow belong to <Page to={["flows", flow.merged_into]}>another flow</Page>: somebody merged them. <Part flow={flow} again={again} /></p>}
          {flow.failure && <p class="wrong" role="alert"><strong>No test could be written:</strong> {flow.failure}</p>}
          {failed && test.data && <Failure verdict={failed} test={test.data} />}
          {flow.test_id ? (
            <Loaded asked={test}>{(found) => <SideBySide test={found} agreement={agreement.data} step={step} />}</Loaded>
          ) : (
            !flow.merged_into && !flow.failure && <Empty title="No test yet"><p>It is written a second or so after the story. If it stays away, ask what is missing:</p><Command text="journeywright doctor" /></Empty>
          )}
          {agreement.problem && <Wrong problem={agreement.problem} again={agreement.again} />}
          {flow.test_id && <section><h2>Runs</h2><VerdictList asked={verdicts} app={flow.app} /></section>}
          {agreement.data && <Sessions agreement={agreement.data} flow={flow} />}
          <Same flow={flow} again={again} />
        </>
      )}
    </>
  );
}

function SideBySide({ test, agreement, step }: { test: Test; agreement: Agreement | undefined; step: number }) {
  const [lit, light] = useState(step ? step - 1 : -1);
  const steps = test.steps ?? [];
  const begins = test.step_lines ?? [];
  const lines = useMemo(() => linesOf(test.code.replace(/\n$/, "")), [test.code]);
  const owners = useMemo(() => stepsOfLines(lines.length, begins), [lines, begins]);
  const code = useRef<HTMLOListElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const show = (place: number, where: { current: HTMLElement | null }) => {
    light(place);
    const line = where.current?.querySelector<HTMLElement>(`[data-step="${place}"]`);
    if (where === code) code.current?.scrollTo({ top: (line?.offsetTop ?? 0) - code.current.clientHeight / 3 });
    else line?.scrollIntoView({ block: "nearest" });
  };
  useEffect(() => { if (step) show(step - 1, code); }, [step]);
  const known = agreement?.test_id === test.id && agreement.steps.length === steps.length ? agreement.steps : [];
  const assertions = useMemo(() => reasons(test.code.replace(/\n$/, "").split("\n"), known), [test.code, agreement]);
  const all = agreement?.sessions.length ?? 0;
  const lookup = usePlaces(test.story_id);
  return (
    <div class="sides">
      <section aria-labelledby="story-title">
        <div class="above"><h2 id="story-title">Story</h2><button type="button" class="small" disabled={lookup.busy} onClick={lookup.look}>{lookup.busy ? "Looking through the log…" : "Where its events lie"}</button><Copy text={steps.map((said, at) => `${at + 1}. ${said}`).join("\n")} what="the story" /></div>
        <p class="lead">{test.story}</p>
        {lookup.problem && <Wrong problem={lookup.problem} again={lookup.look} />}
        {lookup.places && <Searched places={lookup.places} />}
        <ol class="story" ref={list}>
          {steps.map((said, place) => {
            const told = known[place];
            return (
              <li data-step={place} class={lit === place ? "lit" : ""} onMouseEnter={() => light(place)}>
                <button type="button" data-row="1" aria-pressed={lit === place} onFocus={() => show(place, code)} onClick={() => { show(place, code); go(address(["flows", test.flow_id], { step: String(place + 1) }), "replace"); }}>{said}</button>
                {told && <Agreed told={told} all={all} />}
                {lookup.places && <span class="place mono">{placeOf(lookup.places, place)}</span>}
              </li>
            );
          })}
        </ol>
        {(test.notes?.length ?? 0) > 0 && <details><summary>{count(test.notes?.length ?? 0, "note")}: what was left out, and why</summary><ul class="notes">{test.notes?.map((note) => <li>{note}</li>)}</ul></details>}
      </section>
      <section aria-labelledby="test-title" class="program">
        <div class="above"><h2 id="test-title">Test</h2><span class="path" title={test.file ?? test.file_name}>{test.file ?? test.file_name}</span>{test.saved && <span class="faint">edited by hand</span>}<Copy text={test.code} what="the test" /></div>
        <ol class="code" ref={code} tabIndex={0} aria-label="The test's code">
          {lines.map((text, at) => {
            const owner = owners[at] ?? -1;
            const why = assertions.get(at + 1);
            return (
              <li data-step={owner >= 0 && begins[owner] === at + 1 ? owner : undefined} class={owner >= 0 && owner === lit ? "lit" : ""} onMouseEnter={() => owner >= 0 && light(owner)} onClick={() => owner >= 0 && show(owner, list)}>
                <code>{text}</code>
                {why && <span class="why" title={why.sessions === null ? "what it stands on can't be told" : `${number(why.sessions)} of the ${number(why.of)} sessions that did this step saw it`}>{why.sessions === null ? "" : `${number(why.sessions)}/${number(why.of)}`}</span>}
              </li>
            );
          })}
        </ol>
      </section>
    </div>
  );
}

/** Asks by which messages of the log the steps came: it is looked up when somebody wants it, as that takes a while. */
function usePlaces(story: string) {
  const [state, set] = useState<{ busy: boolean; places?: Places; problem?: Problem }>({ busy: false });
  const look = () => {
    set({ busy: true });
    get("/api/v1/stories/{id}/places", { id: story }).then(
      (places) => set({ busy: false, places }),
      (problem: unknown) => { if (problem instanceof Problem) set({ busy: false, problem }); },
    );
  };
  return { ...state, look };
}

function placeOf({ topic, partition, steps }: Places, step: number): string {
  const offset = steps[step]?.offset;
  return offset === null || offset === undefined ? "not found" : `${topic}-${partition}-${offset}`;
}

function Searched({ places }: { places: Places }) {
  const missing = places.steps.filter((one) => one.offset === null).length;
  return (
    <p class="note">
      By topic, partition and offset. {missing > 0 && <>{count(missing, "event")} {missing === 1 ? "was" : "were"} not found between the offsets {places.searched_from} and {places.searched_to} of {places.topic}-{places.partition}: they have aged out, or lie far from the time that the browser gave. </>}
      <Copy text={places.steps.map((_, at) => `${at + 1}. ${placeOf(places, at)}`).join("\n")} what="the places" />
    </p>
  );
}

function Agreed({ told, all }: { told: Agreement["steps"][number]; all: number }) {
  return (
    <div class="agreed">
      <span title="sessions that did this step">{number(told.sessions)} of {count(all, "session")}</span>
      {told.values > 1 && <span>{number(told.values)} different values</span>}
      {told.varied.length > 0 && (
        <details>
          <summary>{number(told.varied.length)} varied, not asserted</summary>
          <ul>{told.varied.map((one) => <li><q>{one.text}</q> <span class="faint">{one.role} {one.change}, in {number(one.sessions)} of {number(told.sessions)}</span></li>)}</ul>
        </details>
      )}
    </div>
  );
}

function Sessions({ agreement: { sessions, flow_id }, flow }: { agreement: Agreement; flow: FlowAnswer }) {
  return (
    <section>
      <div class="above"><h2>Sessions</h2><span class="faint">the test is written from {flow_id === flow.flow_id ? <>{number(sessions.length)} of {count(flow.support, "journey")}</> : <>{count(sessions.length, "journey")} of <Page to={["flows", flow_id]}>the flow that heals it</Page></>}; the first tells its steps</span><Export name="sessions" rows={() => sessions.map((one) => ({ ...one }))} whole={sessions} /></div>
      <Table label="Sessions" columns={[{ head: "Began" }, { head: "Session", kind: "mono" }, { head: "Whose" }, { head: "Steps", kind: "num" }, { head: "Ended by" }, { head: "Story", kind: "mono" }]}
        rows={sessions.map((one) => [<time dateTime={one.started_at}>{moment(one.started_at)}</time>, one.session_id, one.traffic === "test" ? "testers" : "people", number(one.steps), one.closed_by, <>{one.story_id.slice(0, 8)} <Copy text={one.story_id} what="the story's id" /></>])} />
    </section>
  );
}

/** What belongs together: merging with another flow, and parting again, each with a preview. */
function Same({ flow, again }: { flow: FlowAnswer; again: () => void }) {
  const [text, search] = useState("");
  const [chosen, choose] = useState<string>();
  const found = useGet("/api/v1/flows", text.trim().length > 1 ? {} : null, { app: flow.app, q: text.trim(), limit: 8 });
  const others = found.data?.flows.filter((one) => one.flow_id !== flow.flow_id) ?? [];
  if (flow.merged_into) return null;
  return (
    <section>
      <h2>The same thing to do</h2>
      <p class="lead">Where two flows are one thing to do, merge them: one test then speaks for both. Merged flows can be parted again.</p>
      {flow.merged.map((other) => <p class="note">This flow has the journeys of <Page to={["flows", other]}>another one</Page> too.</p>)}
      <label for="merge">Merge this flow into</label>
      <input id="merge" type="search" value={text} onInput={(event) => { search(event.currentTarget.value); choose(undefined); }} placeholder="words of the other flow" autocomplete="off" />
      {text.trim().length > 1 && found.data && (
        <ul class="found">
          {others.map((one) => <li><button type="button" aria-pressed={chosen === one.flow_id} onClick={() => choose(one.flow_id)}>{one.title} <span class="faint">{count(one.support, "journey")}</span></button></li>)}
          {!others.length && <li class="faint">No other flow of {flow.app} is like that.</li>}
        </ul>
      )}
      {chosen && <Preview flow={flow} into={chosen} again={again} />}
      {flow.changes.length > 0 && (
        <details><summary>What was merged and parted</summary>
          <ul class="notes">{flow.changes.map((one) => <li><time dateTime={one.changed_at}>{moment(one.changed_at)}</time> {one.change} <Page to={["flows", one.other]}>{one.other.slice(0, 8)}</Page>, {count(one.stories, "journey")}</li>)}</ul>
        </details>
      )}
    </section>
  );
}

function Preview({ flow, into, again }: { flow: FlowAnswer; into: string; again: () => void }) {
  const other = useGet("/api/v1/flows/{id}", { id: into });
  const mine = useGet("/api/v1/tests/{id}", flow.test_id ? { id: flow.test_id } : null);
  const theirs = useGet("/api/v1/tests/{id}", other.data?.test_id ? { id: other.data.test_id } : null);
  return (
    <div class="preview">
      <h3>What merging does</h3>
      <p>{count(flow.support, "journey")} of this flow {flow.support === 1 ? "joins" : "join"} the {number(other.data?.support ?? 0)} of the other. Its test is written anew from both; this flow's own test is withdrawn, unless somebody has edited it.</p>
      <div class="sides">
        {[["This flow", mine.data], ["The other", theirs.data]].map((pair) => {
          const [name, test] = pair as [string, Test | undefined];
          return <div><h4>{name}: {test?.title ?? "no test"}</h4><ol class="plain">{test?.steps?.map((said) => <li>{said}</li>)}</ol></div>;
        })}
      </div>
      <Do label="Merge" run={() => send("put", "/api/v1/flows/{id}", { id: flow.flow_id }, { merged_into: into })} then={again} />
    </div>
  );
}

function Part({ flow, again }: { flow: FlowAnswer; again: () => void }) {
  const moved = [...flow.changes].reverse().find((one) => one.change === "merged into");
  return (
    <details><summary>Part them again</summary>
      <p>This flow gets back all journeys that have its own key: {moved ? `the ${number(moved.stories)} that it had, and those that came since` : "those that it had"}. Both tests are written anew.</p>
      <Do label="Part" run={() => send("put", "/api/v1/flows/{id}", { id: flow.flow_id }, { merged_into: null })} then={again} />
    </details>
  );
}

function Do({ label, run, then }: { label: string; run: () => Promise<unknown>; then: () => void }) {
  const [problem, fail] = useState<Problem>();
  const [busy, work] = useState(false);
  const go_ = () => {
    work(true);
    run().then(then, (error: unknown) => { if (error instanceof Problem) fail(error); }).finally(() => work(false));
  };
  return <><p><button type="button" class="main" disabled={busy} onClick={go_}>{label}</button></p>{problem && <Wrong problem={problem} />}</>;
}
