// Runs: what came of running the tests, by run and build; two of them compared.
import { useTitle } from "../title";
import { type Answer, useGet, usePages } from "../api";
import { count, moment, number } from "../format";
import { ROWS, useKeys } from "../keys";
import { Command, Empty, Export, Loaded, More, Page, PageOf, State, Table } from "../parts";
import { address, go } from "../router";
import { OneVerdict, failureOf } from "../verdicts";

type Run = Answer<"/api/v1/runs">["runs"][number];
type Verdicts = Answer<"/api/v1/verdicts">;
type Standing = Answer<"/api/v1/runs/{id}/since/{before}">["differences"][number]["before"];
const OUTCOMES = ["passed", "failed", "flaky", "not_run"];
const BAD = "failed,flaky,not_run";
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
      {asked.data && <NewestVerdicts query={query} />}
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
    kinds.length ? <span class="tags kinds">{kinds.map(([kind, many]) => <span class="kind">{kind} {number(many)}</span>)}</span> : "–",
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
  const kind = query.get("kind") ?? "";
  return (
    <PageOf asked={run}>{(one) => {
      const passed = one.outcomes["passed"] ?? 0;
      return (
        <>
          <div class="head">
            <p class="crumbs"><Page to={["runs"]}>Runs</Page></p>
            <h1>{one.app}, {moment(one.started_at)}</h1>
            <p class="facts"><Outcomes counts={one.outcomes} /><span>{one.environment}</span>{one.build && <span>build {one.build}</span>}{one.mutants_applied > 0 && <span>noticed {number(one.mutants_noticed)} of {count(one.mutants_applied, "break")}</span>}</p>
            {Object.keys(one.kinds).length > 0 && <p class="acts" role="group" aria-label="By the fault of">{["", ...Object.keys(one.kinds)].map((name) => <button type="button" aria-pressed={kind === name} onClick={() => go(address(["runs"], { run: id, kind: name }), "replace")}>{name || "all"} {number(name ? one.kinds[name] ?? 0 : one.tests)}</button>)}</p>}
          </div>
          {one.tests > passed && <VerdictsOf title="Did not pass" total={kind ? one.kinds[kind] ?? 0 : one.tests - passed} wanted={{ run_id: id, outcome: BAD, kind }} />}
          {passed > 0 && !kind && <VerdictsOf title="Passed" total={passed} wanted={{ run_id: id, outcome: "passed" }} />}
        </>
      );
    }}</PageOf>
  );
}

/** Part of a run's verdicts, page after page. */
function VerdictsOf({ title, total, wanted }: { title: string; total: number; wanted: Record<string, string> }) {
  const query = { ...wanted, limit: 50 };
  const asked = useGet("/api/v1/verdicts", {}, query);
  return <section><h2>{title}</h2><Loaded asked={asked}>{(first) => <VerdictPages first={first} query={query} total={total} />}</Loaded></section>;
}

function VerdictPages({ first, query, total }: { first: Verdicts; query: Record<string, string | number>; total: number }) {
  const paged = usePages("/api/v1/verdicts", query, first);
  return <><VerdictRows pages={paged.pages} total={total} /><More paged={paged} left={total - paged.pages.reduce((all, page) => all + page.verdicts.length, 0)} /></>;
}

function VerdictRows({ pages, total }: { pages: readonly Verdicts[]; total?: number }) {
  const verdicts = pages.flatMap((page) => page.verdicts);
  const titles: Record<string, string> = Object.assign({}, ...pages.map((page) => page.titles));
  const titleOf = (test: string) => titles[test]?.trim() || test.slice(0, 8);
  return (
    <>
      <div class="above"><span role="status">{count(total ?? verdicts.length, "verdict")}</span><Export name="verdicts" rows={() => verdicts.map((one) => ({ test: titleOf(one.test_id), outcome: one.outcome, kind: one.kind ?? "", build: one.build ?? "", ended_at: one.ended_at, step: failureOf(one)?.step ?? null, statement: failureOf(one)?.statement ?? "", error: failureOf(one)?.error ?? "", test_id: one.test_id }))} whole={verdicts} /></div>
      <ul class="verdicts titled">{verdicts.map((one) => <li key={one.id}><Page to={["review", one.test_id]} data-row="1">{titleOf(one.test_id)}</Page><OneVerdict verdict={one} /></li>)}</ul>
    </>
  );
}

function NewestVerdicts({ query }: { query: URLSearchParams }) {
  const told = { outcome: query.get("outcome") ?? "", kind: query.get("kind") ?? "", app: query.get("app") ?? "" };
  const cursor = query.get("after") ?? undefined;
  const asked = useGet("/api/v1/verdicts", {}, { ...told, cursor, limit: 50 });
  const show = (changed: Partial<typeof told>) => go(address(["runs"], { ...told, ...changed }), "replace");
  if (!asked.data?.verdicts.length && !told.outcome && !told.kind) return null;
  return (
    <section>
      <h2>Newest verdicts</h2>
      <p class="acts">
        <label>Outcome <select value={told.outcome} onChange={(event) => show({ outcome: event.currentTarget.value })}><option value="">any</option>{OUTCOMES.map((one) => <option value={one}>{one.replace("_", " ")}</option>)}</select></label>
        <label>By the fault of <select value={told.kind} onChange={(event) => show({ kind: event.currentTarget.value })}><option value="">anybody</option>{KINDS.map((one) => <option value={one}>{one}</option>)}</select></label>
      </p>
      <Loaded asked={asked}>{(found) => (
        <>
          <VerdictRows pages={[found]} />
          {found.next_cursor && <p class="more"><Page to={["runs"]} query={{ ...told, after: found.next_cursor }} class="button">Earlier verdicts</Page></p>}
        </>
      )}</Loaded>
    </section>
  );
}

function Compared({ one, other }: { one: string; other: string }) {
  const asked = useGet("/api/v1/runs/{id}/since/{before}", { id: one, before: other });
  const cell = (found: Standing) => found ? <><State state={found.outcome} /> {found.kind && <span class="kind">{found.kind}</span>}</> : <span class="faint">not in it</span>;
  return (
    <Loaded asked={asked}>{({ before, after, tests, differing, differences, titles }) => (
      <>
        <div class="head">
          <p class="crumbs"><Page to={["runs"]}>Runs</Page> / <Page to={["runs"]} query={{ run: one }}>{named(after)}</Page></p>
          <h1>{named(after)}, compared with {named(before)}</h1>
        </div>
        <div class="above"><span role="status">{differing ? `${count(differing, "test")} of ${number(tests)} came to something else` : `All ${count(tests, "test")} came to the same`}</span>{differing > differences.length && <span class="faint">the worst {number(differences.length)} are shown</span>}
          <Export name="compared" rows={() => differences.map((row) => ({ test: titles[row.test_id] ?? "", before: row.before?.outcome ?? "", before_kind: row.before?.kind ?? "", after: row.after?.outcome ?? "", after_kind: row.after?.kind ?? "", test_id: row.test_id }))} whole={differences} /></div>
        {differences.length > 0 && <Table label="What changed" columns={[{ head: "Test", kind: "what" }, { head: named(before) }, { head: named(after) }]}
          rows={differences.map((row) => [<Page to={["review", row.test_id]} data-row="1">{titles[row.test_id]?.trim() || row.test_id.slice(0, 8)}</Page>, cell(row.before), cell(row.after)])} />}
      </>
    )}</Loaded>
  );
}

const plain = (run: Run) => ({ began: run.started_at, ended: run.ended_at, app: run.app, environment: run.environment, build: run.build, tests: run.tests, passed: run.outcomes["passed"] ?? 0, failed: run.outcomes["failed"] ?? 0, flaky: run.outcomes["flaky"] ?? 0, id: run.id });
