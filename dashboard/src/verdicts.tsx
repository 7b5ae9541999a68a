// What came of running a test.
import { useGet } from "./api";
import type { Answer } from "./api";
import { count, moment, number, seconds } from "./format";
import { Command, Copy, Empty, Loaded, State } from "./parts";

export type Verdict = Answer<"/api/v1/verdicts">["verdicts"][number];

/** The run that tells best why a test did not pass. */
export const failureOf = (verdict: Verdict) => (verdict.runs ?? []).find((run) => run.outcome !== "passed");

export function VerdictList({ testId, app }: { testId: string; app: string }) {
  const asked = useGet("/api/v1/verdicts", {}, { test_id: testId, limit: 10 });
  return (
    <Loaded asked={asked}>
      {({ verdicts }) => verdicts.length
        ? <ul class="verdicts">{verdicts.map((one) => <li><OneVerdict verdict={one} /></li>)}</ul>
        : <Empty title="Never run"><p>Run this app's tests three times on a clean copy, and break it on purpose:</p><Command text={`journeywright prove --app ${app} --base-url URL --mutants`} /></Empty>}
    </Loaded>
  );
}

export function OneVerdict({ verdict, open = false }: { verdict: Verdict; open?: boolean }) {
  const runs = verdict.runs ?? [];
  const failed = failureOf(verdict);
  const applied = (verdict.mutants ?? []).filter((mutant) => mutant.applied);
  const noticed = applied.filter((mutant) => mutant.noticed).length;
  return (
    <details open={open} class="verdict-of">
      <summary>
        <State state={verdict.outcome} />
        <time dateTime={verdict.ended_at}>{moment(verdict.ended_at)}</time>
        {verdict.kind && <span class="kind">{verdict.kind}</span>}
        <span class="faint">{number(runs.filter((run) => run.outcome === "passed").length)} of {count(runs.length, "run")}{applied.length > 0 && `, noticed ${number(noticed)} of ${count(applied.length, "break")}`}{verdict.build && `, build ${verdict.build}`}, revision {number(verdict.revision)}</span>
      </summary>
      {failed && <p class="cause">{failed.step !== null && failed.step !== undefined && <>Step {number(failed.step + 1)}: </>}<code>{failed.statement}</code> {failed.error}</p>}
      <table class="list small">
        <thead><tr><th scope="col">Run</th><th scope="col">Outcome</th><th scope="col">Rule</th><th scope="col" class="num">Took</th></tr></thead>
        <tbody>{runs.map((run, at) => <tr><td>{at + 1}</td><td><State state={run.outcome} /></td><td>{run.rule}</td><td class="num">{seconds(run.seconds)}</td></tr>)}</tbody>
      </table>
      {applied.length > 0 && <table class="list small"><thead><tr><th scope="col">What was broken</th><th scope="col">Noticed</th><th scope="col">By</th></tr></thead>
        <tbody>{applied.map((one) => <tr><td>{one.kind.replaceAll("_", " ")}</td><td>{one.noticed ? "yes" : <strong>no</strong>}</td><td class="mono">{one.statement}</td></tr>)}</tbody></table>}
      {(verdict.artifacts ?? []).map((file) => <p class="artifact"><span class="mono">{file.name}</span> <Copy text={file.url} what={`the address of ${file.name}`} /></p>)}
    </details>
  );
}
