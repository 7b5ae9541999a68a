// What came of running a test.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Answer, type Asked, Problem, file, useGet } from "./api";
import { count, moment, number, seconds } from "./format";
import { Command, Copy, Empty, Loaded, Page, State, Table, Wrong, labelOf } from "./parts";
import { saveBlob } from "./save";

export type Verdict = Answer<"/api/v1/verdicts">["verdicts"][number];
type Test = Answer<"/api/v1/tests/{id}">;
type Artifact = NonNullable<Verdict["artifacts"]>[number];

/** The run that tells best why a test did not pass. */
export const failureOf = (verdict: Verdict) => (verdict.runs ?? []).find((run) => run.outcome !== "passed");

export const useVerdictsOf = (test: string | null) => useGet("/api/v1/verdicts", test ? {} : null, { test_id: test ?? "", limit: 10 });

/** The newest verdict, where it is about this revision and not a good one. */
export function failing(verdicts: readonly Verdict[] | undefined, revision: number): Verdict | undefined {
  const newest = verdicts?.[0];
  return newest && newest.revision === revision && newest.outcome !== "passed" ? newest : undefined;
}

export function VerdictList({ asked, app }: { asked: Asked<Answer<"/api/v1/verdicts">>; app: string }) {
  return (
    <Loaded asked={asked}>
      {({ verdicts }) => verdicts.length
        ? <ul class="verdicts">{verdicts.map((one) => <li><OneVerdict verdict={one} /></li>)}</ul>
        : <Empty title="Never run"><p>Run this app's tests three times on a clean copy, and break it on purpose:</p><Command text={`journeywright prove --app ${app} --base-url URL --mutants`} /></Empty>}
    </Loaded>
  );
}

const NEXT_STEP: Record<string, string> = {
  app: "The app answered wrongly where users' sessions went well: look into its log. The test is right.",
  test: "A locator or a wait doesn't hold here: edit it, or have it repaired (prove --repair).",
  data: "Something that must exist does not: make it, or reset the environment.",
  environment: "Base URL, sign-in, certificate or browser: correct the environment.",
  unknown: "No rule says whose fault it is: look at the trace.",
};

/** Why a test fails, with what to do about it, and what the run left to look at. */
export function Failure({ verdict, test }: { verdict: Verdict; test: Test }) {
  const failed = failureOf(verdict);
  const step = failed?.step ?? null;
  return (
    <div class="wrong failure-of" role="region" aria-label="Why it fails">
      <p><strong>{labelOf(verdict.outcome)}{verdict.kind && `, by the fault of the ${verdict.kind}`}.</strong> {NEXT_STEP[verdict.kind ?? ""] ?? ""}</p>
      {failed && <p class="cause">{step !== null && <><Page to={["flows", test.flow_id]} query={{ step: String(step + 1) }}>Step {number(step + 1)}</Page>, {test.steps?.[step]}: </>}{failed.statement && <code>{failed.statement}</code>} {failed.error}</p>}
      <Evidence verdict={verdict} />
      <Artifacts verdict={verdict} />
    </div>
  );
}

export function OneVerdict({ verdict, open = false }: { verdict: Verdict; open?: boolean }) {
  const runs = verdict.runs ?? [];
  const failed = failureOf(verdict);
  const applied = (verdict.mutants ?? []).filter((mutant) => mutant.applied);
  const noticed = applied.filter((mutant) => mutant.noticed).length;
  const passed = runs.filter((run) => run.outcome === "passed").length;
  return (
    <details open={open} class="verdict-of">
      <summary>
        <State state={verdict.outcome} />
        <time dateTime={verdict.ended_at}>{moment(verdict.ended_at)}</time>
        {verdict.kind && <span class="kind">{verdict.kind}</span>}
        <span class="faint">{number(passed)} of {count(runs.length, "run")} passed{applied.length > 0 && `, noticed ${number(noticed)} of ${count(applied.length, "break")}`}{verdict.build && `, build ${verdict.build}`}, revision {number(verdict.revision)}</span>
      </summary>
      {failed && <p class="cause">{failed.step !== null && failed.step !== undefined && <>Step {number(failed.step + 1)}: </>}<code>{failed.statement}</code> {failed.error}</p>}
      <Evidence verdict={verdict} />
      <Artifacts verdict={verdict} />
      <Table small label="Its runs" columns={[{ head: "Run", kind: "num" }, { head: "Outcome" }, { head: "Rule" }, { head: "Took", kind: "num" }]}
        rows={runs.map((run, at) => [String(at + 1), <State state={run.outcome} />, run.rule || "–", seconds(run.seconds)])} />
      {applied.length > 0 && <Table small label="What was broken" columns={[{ head: "What was broken" }, { head: "Noticed" }, { head: "By", kind: "mono" }]}
        rows={applied.map((one) => [one.kind.replaceAll("_", " "), one.noticed ? "yes" : <strong>no</strong>, one.statement || "–"])} />}
    </details>
  );
}

/** What new sessions of users, or a repair, say about it. */
function Evidence({ verdict }: { verdict: Verdict }) {
  const told = verdict.evidence ?? [];
  if (!verdict.finding && !told.length) return null;
  return (
    <div class="evidence">
      {verdict.finding && <p>Judged by users' new sessions and the run: <strong>{verdict.finding}</strong></p>}
      {told.length > 0 && <ul>{told.map((one) => <li>{one}</li>)}</ul>}
    </div>
  );
}

const SHOWN = /\.(?:png|webm|txt)$/;
const CHAPTERS = /\.vtt$/;

/** What the runs left: pictures, videos and texts are shown here, others saved as files. */
function Artifacts({ verdict }: { verdict: Verdict }) {
  const [opened, open] = useState<{ name: string; blob: Blob; chapters?: Blob }>();
  const [problem, fail] = useState<Problem>();
  const files = verdict.artifacts ?? [];
  if (!files.length) return null;
  const fetched = ({ name }: Artifact) => file("/api/v1/verdicts/{id}/artifacts/{name}", { id: verdict.id, name });
  const load = async (artifact: Artifact) => {
    fail(undefined);
    if (opened?.name === artifact.name) return open(undefined);
    const beside = files.find((one) => one.name === artifact.name.replace(/\.webm$/, ".vtt") && CHAPTERS.test(one.name));
    try {
      const [blob, chapters] = await Promise.all([fetched(artifact), beside && fetched(beside)]);
      if (SHOWN.test(artifact.name)) open({ name: artifact.name, blob, ...(chapters && { chapters }) });
      else saveBlob(artifact.name, blob);
    } catch (error) {
      if (error instanceof Problem) fail(error);
    }
  };
  return (
    <div class="artifacts">
      <p class="acts">
        <span>What the run left:</span>
        {files.filter((one) => !CHAPTERS.test(one.name)).map((one) => <button type="button" class="small" aria-expanded={SHOWN.test(one.name) ? opened?.name === one.name : undefined} onClick={() => void load(one)}>{one.name}</button>)}
      </p>
      {files.some((one) => one.name === "trace.zip") && <p class="faint">A saved trace is opened by <code>playwright show-trace trace.zip</code> <Copy text="playwright show-trace trace.zip" what="the command" /></p>}
      {problem && <Wrong problem={problem} />}
      {opened && <Opened key={opened.name} {...opened} />}
    </div>
  );
}

function Opened({ name, blob, chapters }: { name: string; blob: Blob; chapters?: Blob }) {
  const [url, set] = useState("");
  const [text, tell] = useState<string>();
  useEffect(() => {
    if (name.endsWith(".txt")) return void blob.text().then(tell);
    const made = URL.createObjectURL(blob);
    set(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  if (text !== undefined) return <pre class="left" tabIndex={0} aria-label={name}>{text}</pre>;
  if (!url) return null;
  return name.endsWith(".webm") ? <Video url={url} name={name} chapters={chapters} /> : <img class="left" src={url} alt={`The page as the test failed: ${name}`} />;
}

/** A video of the run; its chapters, the story's sentences, are what one can go to. */
function Video({ url, name, chapters }: { url: string; name: string; chapters: Blob | undefined }) {
  const video = useRef<HTMLVideoElement>(null);
  const [track, set] = useState("");
  const [cues, tell] = useState<readonly VTTCue[]>([]);
  useEffect(() => {
    if (!chapters) return;
    const made = URL.createObjectURL(chapters);
    set(made);
    return () => URL.revokeObjectURL(made);
  }, [chapters]);
  const read = (event: Event) => {
    const list = (event.currentTarget as HTMLTrackElement).track;
    tell([...(list.cues ?? [])] as VTTCue[]);
  };
  const go = (cue: VTTCue) => {
    if (video.current) video.current.currentTime = cue.startTime;
  };
  return (
    <div class="video">
      <video class="left" src={url} controls aria-label={name} ref={video}>{track && <track kind="chapters" src={track} default onLoad={read} />}</video>
      {cues.length > 0 && <ol aria-label="Steps in the video">{cues.map((cue) => <li><button type="button" class="small" onClick={() => go(cue)}>{cue.getCueAsHTML().textContent}</button></li>)}</ol>}
    </div>
  );
}
