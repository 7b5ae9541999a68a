// Review: one test after the other, with what it stands on, until none asks for a person.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useTitle } from "../title";
import { type Answer, Problem, send, useGet, usePages } from "../api";
import { linesOf, lineOf, reasons, stepsOfLines } from "../code";
import { diff } from "../diff";
import type { CodeProblem, Editor } from "../editor";
import { count, moment, number, titled } from "../format";
import { ROWS, useKeys } from "../keys";
import { Command, Copy, Empty, Export, Loaded, More, Page, PageOf, State, Strip, Time, Wrong, labelOf } from "../parts";
import { TO_REVIEW } from "../query";
import { address, go } from "../router";
import { Failure, type Verdict, VerdictList, failing, failureOf, useVerdictsOf } from "../verdicts";

type Test = Answer<"/api/v1/tests/{id}">;
type Agreement = Answer<"/api/v1/flows/{id}/agreement">;
type Revisions = Answer<"/api/v1/tests/{id}/revisions">;
const QUEUE = { state: TO_REVIEW.join(","), limit: 100 };
const PAUSE_MS = 400;
const DONE = { approve: "Approved", reject: "Rejected", quarantine: "Quarantined", release: "Released" } as const;

/** What was done on the page before: the next one says it once. */
const last = { told: "" };
const taken = (): string => {
  const { told } = last;
  last.told = "";
  return told;
};

/** To the top of the page, from where keys go on. */
function toPage(): void {
  document.getElementById("page")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

export function Review({ id, query }: { id: string | undefined; query: URLSearchParams }) {
  const app = query.get("app") ?? undefined;
  const asked = useGet("/api/v1/flows", {}, { ...QUEUE, app });
  const [said, say] = useState(taken);
  return (
    <>
      <p role="status" class="said">{said}</p>
      {id === undefined ? <Queue asked={asked} app={app} /> : <One key={id} id={id} say={say} app={app} step={query.get("view") ?? ""} queue={asked.data?.flows.flatMap((flow) => flow.test_id ?? []) ?? []} total={asked.data?.total ?? 0} refresh={asked.again} />}
    </>
  );
}

function Queue({ asked, app }: { asked: ReturnType<typeof useGet<"/api/v1/flows">>; app: string | undefined }) {
  useTitle("Review");
  useKeys(ROWS);
  return (
    <>
      <div class="head"><h1>Review</h1><p class="lead">Tests that nobody has approved as they stand, those that ask for it most first. Open one, then approve, reject or edit it; the next one follows.</p></div>
      <Loaded asked={asked}>
        {(first) => first.flows.length ? (
          <Rows first={first} app={app} />
        ) : <Empty title="Nothing to review"><p>Each test that there is has been approved, or set aside. New ones come with new journeys; to have all of them run:</p><Command text="journeywright prove --app APP --base-url URL --mutants --repair" /></Empty>}
      </Loaded>
    </>
  );
}

function Rows({ first, app }: { first: Answer<"/api/v1/flows">; app: string | undefined }) {
  const paged = usePages("/api/v1/flows", { ...QUEUE, app }, first);
  const flows = paged.pages.flatMap((page) => page.flows);
  return (
    <>
      <div class="above"><span role="status">{count(first.total ?? flows.length, "test")}</span><Export name="review" rows={() => flows.map((flow) => ({ title: flow.title, app: flow.app, state: labelOf(flow.state), file: flow.file_name, test_id: flow.test_id }))} whole={flows} /></div>
      <table class="list flows">
        <thead><tr><th scope="col">Test</th><th scope="col">State</th><th scope="col">Last ten runs</th><th scope="col">Written from</th><th scope="col">Seen</th></tr></thead>
        <tbody>{flows.map((flow) => (
          <tr>
            <td class="what"><Page to={["review", flow.test_id ?? ""]} query={{ app }} data-row="1">{titled(flow.title)}</Page><span class="tags">{flow.tags.map((tag) => <span class="tag">{tag}</span>)}</span></td>
            <td><State state={flow.state} /></td>
            <td><Strip verdicts={flow.verdicts} /></td>
            <td>{count(flow.sessions, "session")}</td>
            <td><Time iso={flow.last_seen} /></td>
          </tr>
        ))}</tbody>
      </table>
      <More paged={paged} left={(first.total ?? 0) - flows.length} />
    </>
  );
}

function One({ id, say, app, queue, total, step, refresh }: { id: string; say: (what: string) => void; app: string | undefined; queue: readonly string[]; total: number; step: string; refresh: () => void }) {
  const asked = useGet("/api/v1/tests/{id}", { id });
  const place = queue.indexOf(id);
  const verdicts = useVerdictsOf(id);
  // With the verdicts: what came later would push the test down while somebody reads it.
  return <PageOf asked={verdicts.data || verdicts.problem ? asked : { ...asked, data: undefined }}>{(test) => <Told say={say} verdicts={verdicts} test={test} app={app} queue={queue} total={total} place={place} view={step} again={() => { asked.again(); refresh(); }} />}</PageOf>;
}

interface ToldProps { say: (what: string) => void; test: Test; verdicts: ReturnType<typeof useVerdictsOf>; app: string | undefined; queue: readonly string[]; total: number; place: number; view: string; again: () => void }

function Told({ say, test, verdicts, app, queue, total, place, view, again }: ToldProps) {
  const agreement = useGet("/api/v1/flows/{id}/agreement", { id: test.flow_id });
  const history = useGet("/api/v1/tests/{id}/revisions", { id: test.id });
  const [editing, edit] = useState(false);
  const [rejecting, reject] = useState(false);
  const [problem, fail] = useState<Problem>();
  const [busy, work] = useState(false);
  const newest = verdicts.data?.verdicts[0];
  const current = newest?.revision === test.revision;
  const failed = failing(verdicts.data?.verdicts, test.revision);
  const next = place >= 0 ? queue[place + 1] ?? queue[0] : queue[0];
  useTitle(`Review: ${test.title}`);
  const open = (other: string | undefined) => { if (other && other !== test.id) { go(address(["review", other], { app })); scrollTo(0, 0); } };
  const decide = (decision: "approve" | "reject" | "quarantine" | "release", reason = "") => {
    if (busy) return;
    work(true);
    fail(undefined);
    send("post", `/api/v1/tests/{id}/${decision}`, { id: test.id }, { reason }).then(
      () => {
        reject(false);
        again();
        const told = `${DONE[decision]}: ${titled(test.title)}`;
        if (decision !== "approve" && decision !== "reject") return say(told);
        last.told = told;
        if (next && next !== test.id) open(next);
        else go(address(["review"], { app }));
      },
      (error: unknown) => { if (error instanceof Problem) fail(error); },
    ).finally(() => work(false));
  };
  const show = (what: string) => go(address(["review", test.id], { app, view: what }), "replace");
  useKeys(editing || rejecting ? {} : {
    ...ROWS,
    a: { what: "approve, and go on", run: () => decide("approve") },
    r: { what: "reject, with a reason", run: () => reject(true) },
    e: { what: "edit", run: () => edit(true) },
    n: { what: "next in the queue", run: () => open(next) },
    p: { what: "the one before", run: () => open(queue[place - 1]) },
    d: { what: "what changed", run: () => show(view === "changes" ? "" : "changes") },
  });
  const revisions = history.data?.revisions ?? [];
  const reason = view === "changes" ? undefined : revisions.find((one) => one.number === test.revision)?.reason;
  return (
    <>
      <div class="head">
        <p class="crumbs"><Page to={["review"]} query={{ app }}>Review</Page>{place >= 0 && ` / ${number(place + 1)} of ${number(total)}`}</p>
        <h1>{titled(test.title)}</h1>
        <p class="facts">
          <State state={test.state} />
          <span>{test.origin}, revision {number(test.revision)}</span>
          <Page to={["flows", test.flow_id]}>Story and sessions</Page>
          <span class="path">{test.file ?? test.file_name}</span>
        </p>
        <div class="acts">
          <button type="button" class="main" disabled={busy || editing} onClick={() => decide("approve")}>Approve <kbd>a</kbd></button>
          <button type="button" disabled={busy} aria-expanded={rejecting} onClick={() => reject(!rejecting)}>Reject <kbd>r</kbd></button>
          <button type="button" disabled={editing} onClick={() => edit(true)}>Edit <kbd>e</kbd></button>
          {test.state === "quarantined" ? <button type="button" disabled={busy} onClick={() => decide("release")}>Release</button> : <button type="button" disabled={busy} onClick={() => decide("quarantine", "set aside on the dashboard")}>Quarantine</button>}
          {next && next !== test.id && <button type="button" onClick={() => open(next)}>Next <kbd>n</kbd></button>}
        </div>
      </div>
      {problem && <Wrong problem={problem} />}
      {rejecting && <Reject decide={decide} close={() => reject(false)} busy={busy} />}
      {failed && <Failure verdict={failed} test={test} />}
      {reason && <p class="note">Why it was {test.origin}: {reason}</p>}
      {newest && !current && <p class="note">The newest verdict is about revision {number(newest.revision)}; this is revision {number(test.revision)}, which was not run yet. <Command text={`journeywright prove --app ${test.app} --base-url URL`} /></p>}
      {editing
        ? <Edit test={test} close={() => edit(false)} saved={() => { edit(false); again(); history.again(); say("Saved as a new revision."); toPage(); }} />
        : (
          <section aria-label="Code">
            <div class="above">
              <div class="tabs" role="group" aria-label="What is shown">
                <button type="button" aria-pressed={view !== "changes"} onClick={() => show("")}>Test, and why</button>
                <button type="button" aria-pressed={view === "changes"} onClick={() => show("changes")} disabled={revisions.length < 2} title={revisions.length < 2 ? "there is one revision only" : undefined}>What changed</button>
              </div>
              <Copy text={test.code} what="the test" />
            </div>
            {view === "changes" && revisions.length > 1 ? <Changes revisions={revisions} current={test.revision} /> : <Annotated test={test} agreement={agreement.data} verdict={verdicts.data?.verdicts.find((one) => one.revision === test.revision && (one.mutants?.length ?? 0) > 0)} failed={failed} />}
          </section>
        )}
      <div class="halves">
        <section><h2>Runs</h2><VerdictList asked={verdicts} app={test.app} /></section>
        <section><h2>Decisions</h2>{history.data && <Decisions history={history.data} />}</section>
      </div>
    </>
  );
}

function Reject({ decide, close, busy }: { decide: (decision: "reject", reason: string) => void; close: () => void; busy: boolean }) {
  const [reason, set] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  // At once: what is typed next is the reason, and none of the keys of the page.
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <form class="preview" onSubmit={(event) => { event.preventDefault(); decide("reject", reason); }} onKeyDown={(event) => event.key === "Escape" && close()}>
      <label for="reason">Why is it rejected? The next revision is looked at anew.</label>
      <textarea id="reason" ref={field} rows={2} required maxLength={500} value={reason} onInput={(event) => set(event.currentTarget.value)} />
      <span class="acts"><button type="submit" class="main" disabled={busy || !reason.trim()}>Reject</button><button type="button" onClick={close}>Cancel</button></span>
    </form>
  );
}

function Annotated({ test, agreement, verdict, failed }: { test: Test; agreement: Agreement | undefined; verdict: Verdict | undefined; failed: Verdict | undefined }) {
  const lines = useMemo(() => linesIn(test.code), [test.code]);
  const begins = test.step_lines ?? [];
  const owners = useMemo(() => stepsOfLines(lines.length, begins), [lines, begins]);
  const words = useMemo(() => linesOf(test.code), [test.code]);
  const known = useMemo(() => reasons(lines, agreement?.test_id === test.id ? agreement.steps : []), [lines, agreement, test.id]);
  const failure = failed && failureOf(failed);
  const at = failure?.statement ? lineOf(failure.statement, lines, (line) => failure.step === null || failure.step === undefined || owners[line] === failure.step || owners[line] === -1 || !begins[failure.step]) : -1;
  const noticed = useMemo(() => {
    const kinds = new Map<number, string[]>();
    for (const one of verdict?.mutants ?? []) {
      const line = one.applied && one.noticed && one.statement ? lineOf(one.statement, lines) : -1;
      if (line >= 0) kinds.set(line, [...kinds.get(line) ?? [], one.kind.replaceAll("_", " ")]);
    }
    return kinds;
  }, [lines, verdict]);
  return (
    <ol class="code why-beside" tabIndex={0} aria-label="The test's code, with why each assertion is there">
      {lines.map((_, line) => {
        const why = known.get(line + 1);
        const breaks = noticed.get(line) ?? [];
        const step = owners[line] ?? -1;
        return (
          <li class={line === at ? "broke" : ""}>
            <code>{words[line]}</code>
            <span class="why">
              {line === at && <strong>failed here</strong>}
              {step >= 0 && begins[step] === line + 1 && <span class="faint">step {number(step + 1)}</span>}
              {why && (why.sessions === null ? "from this step" : `seen by ${number(why.sessions)} of ${number(why.of)}`)}
              {breaks.length > 0 && <span> · notices {breaks.join(", ")}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

const linesIn = (code: string = ""): string[] => code.replace(/\n$/, "").split("\n");

function Changes({ revisions, current }: { revisions: Revisions["revisions"]; current: number }) {
  const mine = revisions.find((one) => one.number === current) ?? revisions[0];
  const [to, setTo] = useState(mine?.number ?? 0);
  const [from, setFrom] = useState(revisions.find((one) => one.number < to)?.number ?? revisions.find((one) => one.number !== to)?.number ?? 0);
  const [before, after] = [from, to].map((wanted) => revisions.find((one) => one.number === wanted));
  const lines = useMemo(() => diff(linesIn(before?.code), linesIn(after?.code)), [before, after]);
  // The words of a text over several lines are those of the whole.
  const [then, now] = useMemo(() => [linesOf(before?.code ?? ""), linesOf(after?.code ?? "")], [before, after]);
  const choose = (label: string, value: number, set: (value: number) => void) => (
    <label>{label} <select value={value} onChange={(event) => set(Number(event.currentTarget.value))}>{revisions.map((one) => <option value={one.number}>{one.number}: {one.origin}, {moment(one.written_at)}</option>)}</select></label>
  );
  const changed = lines.filter((one) => one.kind !== "same").length;
  return (
    <>
      <p class="acts">{choose("From", from, setFrom)}{choose("to", to, setTo)}<span class="faint">{changed ? count(changed, "changed line") : "no difference"}</span></p>
      {after?.reason && <p class="note">Why: {after.reason}</p>}
      <ol class="code diff" tabIndex={0} aria-label="What changed">
        {lines.map((one) => <li class={one.kind}><span class="no">{one.before ?? ""}</span><span class="no">{one.after ?? ""}</span><span class="mark">{one.kind === "new" ? "+" : one.kind === "gone" ? "−" : " "}</span><code>{one.after ? now[one.after - 1] : then[(one.before ?? 0) - 1]}</code></li>)}
      </ol>
    </>
  );
}

function Edit({ test, close, saved }: { test: Test; close: () => void; saved: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const [problems, tell] = useState<readonly CodeProblem[]>([]);
  const [problem, fail] = useState<Problem>();
  const [busy, work] = useState(false);
  const [loaded, load] = useState(false);
  const saveButton = useRef<HTMLButtonElement>(null);
  const check = useRef(0);
  const show = (found: readonly CodeProblem[]) => { tell(found); editor.current?.show(found); };
  const changed = () => {
    clearTimeout(check.current);
    check.current = window.setTimeout(() => {
      send("post", "/api/v1/tests/{id}/check", { id: test.id }, { code: editor.current?.text() ?? "" }).then((answer) => show(answer.problems), () => undefined);
    }, PAUSE_MS);
  };
  const save = () => {
    work(true);
    fail(undefined);
    send("put", "/api/v1/tests/{id}", { id: test.id }, { code: editor.current?.text() ?? "" }, { "If-Match": `"${test.etag}"` }).then(saved, (error: unknown) => {
      if (!(error instanceof Problem)) return;
      if (error.status === 422) show([{ line: (error.more["line"] as number | null) ?? null, severity: "error", message: error.message }]);
      fail(error.status === 412 ? new Problem(412, "changed", "Somebody or something changed this test since you opened it.", "Copy your text, open the test anew, and put your change on top.") : error);
    }).finally(() => work(false));
  };
  const act = useRef({ changed, save });
  act.current = { changed, save };
  useEffect(() => {
    let gone = false;
    void import("../editor").then(({ open }) => {
      const at = box.current;
      if (gone || !at) return;
      const root = at.shadowRoot ?? at.attachShadow({ mode: "open" });
      editor.current = open(root, test.code, () => act.current.changed(), () => act.current.save(), () => saveButton.current?.focus());
      editor.current.focus();
      load(true);
    });
    return () => { gone = true; clearTimeout(check.current); editor.current?.close(); };
  }, []);
  return (
    <section aria-labelledby="edit-title">
      <div class="above"><h2 id="edit-title">Edit</h2><span class="faint">Ctrl+S saves, Escape leaves the text</span></div>
      {!loaded && <p class="loading" role="status">Loading the editor…</p>}
      <div ref={box} data-typing="1" class="editor" />
      <div aria-live="polite">{problems.map((one) => <p class={one.severity === "error" ? "wrong" : "note"}>{one.line !== null && <>Line {number(one.line)}: </>}{one.message}</p>)}</div>
      {problem && problem.status !== 422 && <Wrong problem={problem} />}
      <p class="acts"><button type="button" class="main" ref={saveButton} disabled={busy} onClick={save}>Save</button><button type="button" onClick={close}>Cancel</button></p>
    </section>
  );
}

function Decisions({ history }: { history: Revisions }) {
  if (!history.decisions.length) return <p class="faint">Nobody has decided about this test yet.</p>;
  return <ul class="notes">{history.decisions.map((one) => <li><time dateTime={one.decided_at}>{moment(one.decided_at)}</time> {one.decision}, revision {number(one.revision)}{one.reason && <>: <q>{one.reason}</q></>}</li>)}</ul>;
}
