// Runs: what came of running the tests, by run and build; two of them compared.
import { useTitle } from "../app";
import { type Answer, useGet } from "../api";
import { count, moment, number } from "../format";
import { ROWS, useKeys } from "../keys";
import { Command, Empty, Export, Loaded, Page, State, Table } from "../parts";
import { address, go } from "../router";
import { useFlows } from "../titles";
import { OneVerdict, type Verdict, failureOf } from "../verdicts";

type Run = Answer<"/api/v1/runs">["runs"][number];
const OUTCOMES = ["passed", "failed", "flaky", "not_run"];
const KINDS = ["app", "test", "data", "environment", "unknown"];

export function Runs({ query }: { query: URLSearchParams }) {
  const [run, other] = [query.get("run") ?? "", query.get("other") ?? ""];
  useKeys(ROWS);
  useTitle("Runs");
  if (run && other) return <Compared one={run} other={other} />;
  if (run) return <OneRun id={run} query={query} />;
  return <AllRuns query={query} />;
}

function AllRuns({ query }: { query: URLSearchParams }) {
  const app = query.get("app") ?? undefined;
  const cursor = query.get("from") ?? undefined;
  const asked = useGet("/api/v1/runs", {}, { app, cursor, limit: 50 });
  return (
    <>
      <div class="head"><h1>Runs</h1><p class="lead">Each time that the tests of an app were run and judged. Open one, or compare it with another.</p></div>
      <Loaded asked={asked}>
        {({ runs, next_cursor }) => runs.length ? (
          <>
            <div class="above"><span role="status">{count(runs.length, "run")}</span><Export name="runs" rows={() => runs.map(plain)} whole={runs} /></div>
            <Table label="Runs" columns={RUN_COLUMNS} rows={runs.map((one) => runCells(one, runs))} />
            {next_cursor && <p class="more"><Page to={["runs"]} query={{ app, from: next_cursor }} class="button">Earlier runs</Page></p>}
          </>
        ) : <NeverRun />}
      </Loaded>
      <Verdicts query={query} />
    </>
  );
}

const RUN_COLUMNS = [
  { head: "Began", kind: "what" }, { head: "App" }, { head: "Where" }, { head: "Build" }, { head: "Tests", kind: "num" }, { head: "Outcomes" },
  { head: "By the fault of" }, { head: "Breaks noticed" }, { head: "Compare with" },
] as const;

function runCells(run: Run, runs: readonly Run[]) {
  const before = runs.filter((one) => one.app === run.app && one.id !== run.id);
  const kinds = Object.entries(run.kinds);
  return [
    <Page to={["runs"]} query={{ run: run.id }} data-row="1">{moment(run.started_at)}</Page>,
    run.app, run.environment, run.build || "–", number(run.tests), <Outcomes counts={run.outcomes} />,
    kinds.length ? <span class="tags">{kinds.map(([kind, many]) => <span class="kind">{kind} {number(many)}</span>)}</span> : "–",
    run.mutants_applied ? `${number(run.mutants_noticed)} of ${number(run.mutants_applied)}` : "–",
    before.length > 0 ? (
      <select aria-label={`Compare the run of ${moment(run.started_at)} with`} value="" onChange={(event) => go(address(["runs"], { run: run.id, other: event.currentTarget.value }))}>
        <option value="" disabled>another run</option>
        {before.map((one) => <option value={one.id}>{named(one)}</option>)}
      </select>
    ) : "–",
  ];
}

/** A run in few words: when, and of which build. */
const named = (run: Run): string => `${moment(run.started_at)}${run.build ? `, build ${run.build}` : ""}`;

function Outcomes({ counts }: { counts: Readonly<Record<string, number>> }) {
  return <span class="facts">{OUTCOMES.filter((one) => counts[one]).map((one) => <span><State state={one} /> {number(counts[one] ?? 0)}</span>)}</span>;
}

function NeverRun() {
  return (
    <Empty title="No test was run yet">
      <p>Run an app's tests three times each on a clean copy of it, break it on purpose, and keep what came of it:</p>
      <Command text="journeywright prove --app APP --base-url URL --reset ./reset.sh --mutants --repair" />
    </Empty>
  );
}

function OneRun({ id, query }: { id: string; query: URLSearchParams }) {
  const run = useGet("/api/v1/runs/{id}", { id });
  const verdicts = useVerdicts(id);
  const titles = useFlows(run.data?.app);
  const kind = query.get("kind") ?? "";
  return (
    <>
      <Loaded asked={run}>{(one) => (
        <div class="head">
          <p class="crumbs"><Page to={["runs"]}>Runs</Page></p>
          <h1>{one.app}, {moment(one.started_at)}</h1>
          <p class="facts"><Outcomes counts={one.outcomes} /><span>{one.environment}</span>{one.build && <span>build {one.build}</span>}{one.mutants_applied > 0 && <span>noticed {number(one.mutants_noticed)} of {count(one.mutants_applied, "break")}</span>}</p>
          {Object.keys(one.kinds).length > 0 && <p class="acts" role="group" aria-label="By the fault of">{["", ...Object.keys(one.kinds)].map((name) => <button type="button" aria-pressed={kind === name} onClick={() => go(address(["runs"], { run: id, kind: name }), "replace")}>{name || "all"}</button>)}</p>}
        </div>
      )}</Loaded>
      <Loaded asked={verdicts}>{({ verdicts: found }) => <VerdictRows verdicts={found.filter((one) => !kind || one.kind === kind)} titles={titles.flows} name="verdicts" />}</Loaded>
    </>
  );
}

const useVerdicts = (run: string) => useGet("/api/v1/verdicts", run ? {} : null, { run_id: run, limit: 200 });
const titleOf = (flows: readonly { test_id: string | null; title: string }[], test: string) => flows.find((one) => one.test_id === test)?.title ?? test.slice(0, 8);

function VerdictRows({ verdicts, titles, name }: { verdicts: readonly Verdict[]; titles: readonly { test_id: string | null; title: string }[]; name: string }) {
  const order = (one: Verdict) => ["failed", "flaky", "not_run", "passed"].indexOf(one.outcome);
  const sorted = [...verdicts].sort((a, b) => order(a) - order(b));
  return (
    <>
      <div class="above"><span role="status">{count(verdicts.length, "verdict")}</span><Export name={name} rows={() => sorted.map((one) => ({ test: titleOf(titles, one.test_id), outcome: one.outcome, kind: one.kind ?? "", build: one.build ?? "", ended_at: one.ended_at, step: failureOf(one)?.step ?? null, statement: failureOf(one)?.statement ?? "", error: failureOf(one)?.error ?? "", test_id: one.test_id }))} whole={sorted} /></div>
      <ul class="verdicts titled">{sorted.map((one) => <li><Page to={["review", one.test_id]} data-row="1">{titleOf(titles, one.test_id)}</Page><OneVerdict verdict={one} /></li>)}</ul>
    </>
  );
}

function Verdicts({ query }: { query: URLSearchParams }) {
  const told = { outcome: query.get("outcome") ?? "", kind: query.get("kind") ?? "", app: query.get("app") ?? "" };
  const cursor = query.get("after") ?? undefined;
  const asked = useGet("/api/v1/verdicts", {}, { ...told, cursor, limit: 50 });
  const titles = useFlows(told.app || undefined);
  const show = (changed: Partial<typeof told>) => go(address(["runs"], { ...told, ...changed }), "replace");
  if (!asked.data?.verdicts.length && !told.outcome && !told.kind) return null;
  return (
    <section>
      <h2>Newest verdicts</h2>
      <p class="acts">
        <label>Outcome <select value={told.outcome} onChange={(event) => show({ outcome: event.currentTarget.value })}><option value="">any</option>{OUTCOMES.map((one) => <option value={one}>{one.replace("_", " ")}</option>)}</select></label>
        <label>By the fault of <select value={told.kind} onChange={(event) => show({ kind: event.currentTarget.value })}><option value="">anybody</option>{KINDS.map((one) => <option value={one}>{one}</option>)}</select></label>
      </p>
      <Loaded asked={asked}>{({ verdicts, next_cursor }) => (
        <>
          <VerdictRows verdicts={verdicts} titles={titles.flows} name="verdicts" />
          {next_cursor && <p class="more"><Page to={["runs"]} query={{ ...told, after: next_cursor }} class="button">Earlier verdicts</Page></p>}
        </>
      )}</Loaded>
    </section>
  );
}

function Compared({ one, other }: { one: string; other: string }) {
  const [a, b] = [useGet("/api/v1/runs/{id}", { id: one }), useGet("/api/v1/runs/{id}", { id: other })];
  const [mine, theirs] = [useVerdicts(one), useVerdicts(other)];
  const titles = useFlows(a.data?.app);
  const before = new Map((theirs.data?.verdicts ?? []).map((verdict) => [verdict.test_id, verdict]));
  const after = new Map((mine.data?.verdicts ?? []).map((verdict) => [verdict.test_id, verdict]));
  const tests = [...new Set([...after.keys(), ...before.keys()])];
  const differs = (test: string) => before.get(test)?.outcome !== after.get(test)?.outcome || before.get(test)?.kind !== after.get(test)?.kind;
  const rows = [...tests.filter(differs), ...tests.filter((test) => !differs(test))];
  const cell = (verdict: Verdict | undefined) => verdict ? <><State state={verdict.outcome} /> {verdict.kind && <span class="kind">{verdict.kind}</span>}</> : <span class="faint">not in it</span>;
  return (
    <>
      <div class="head"><p class="crumbs"><Page to={["runs"]}>Runs</Page></p><h1>Two runs compared</h1></div>
      <Loaded asked={mine}>{() => (
        <>
          <div class="above"><span role="status">{count(tests.filter(differs).length, "difference")} in {count(tests.length, "test")}</span><Export name="compared" rows={() => rows.map((test) => ({ test: titleOf(titles.flows, test), before: before.get(test)?.outcome ?? "", after: after.get(test)?.outcome ?? "", differs: differs(test) }))} /></div>
          <Table label="Compared" columns={[{ head: "Test", kind: "what" }, { head: b.data ? named(b.data) : "Before" }, { head: a.data ? named(a.data) : "After" }, { head: "Difference" }]}
            rows={rows.map((test) => [<Page to={["review", test]} data-row="1">{titleOf(titles.flows, test)}</Page>, cell(before.get(test)), cell(after.get(test)), differs(test) ? <strong>changed</strong> : <span class="faint">same</span>])} />
        </>
      )}</Loaded>
    </>
  );
}

const plain = (run: Run) => ({ began: run.started_at, ended: run.ended_at, app: run.app, environment: run.environment, build: run.build, tests: run.tests, passed: run.outcomes["passed"] ?? 0, failed: run.outcomes["failed"] ?? 0, flaky: run.outcomes["flaky"] ?? 0, id: run.id });
