// Live: what comes in, as it comes, and how the worker that answers is.
import { useReducer, useState } from "preact/hooks";
import { useTitle } from "../title";
import { type Answer, urlOf } from "../api";
import { ago, count, moment, number, seconds, titled } from "../format";
import { ROWS, useKeys } from "../keys";
import { Command, Empty, Export, Figure, Page, Table, Time, Wrong } from "../parts";
import { type Link, type Told, useStream } from "../stream";

const WAITS_S = 60;
const SHOWN_MAX = 50;
type Story = Answer<"/api/v1/live">["stories"][number];
type Worker = NonNullable<Answer<"/api/v1/live">["worker"]>;
interface State { readonly stories: readonly Story[]; readonly worker: Worker | undefined; readonly begun: boolean }

function taken(state: State, { kind, value }: Told): State {
  switch (kind) {
    case "story": {
      const story = value as Story;
      const at = state.stories.findIndex((one) => one.id === story.id);
      // One that is known stays in its place: what somebody reads must not move for a detail.
      const stories = at < 0 ? [story, ...state.stories].slice(0, SHOWN_MAX) : state.stories.map((one, place) => (place === at ? story : one));
      return { ...state, stories };
    }
    case "gone": return { ...state, stories: state.stories.filter((one) => one.id !== (value as Story).id) };
    case "worker": return { ...state, worker: value as Worker };
    case "begun": return { ...state, begun: true };
    default: return state;
  }
}

export function Live({ query }: { query: URLSearchParams }) {
  useTitle("Live");
  const app = query.get("app") ?? "";
  return <Listening key={app} app={app} />;
}

function Listening({ app }: { app: string }) {
  const [paused, pause] = useState(false);
  const [state, take] = useReducer(taken, { stories: [], worker: undefined, begun: false });
  const link = useStream(urlOf("/api/v1/live/stream", {}, { app }), !paused, state.stories.map((one) => one.id), take);
  useKeys({ ...ROWS, p: { what: "pause, or go on", run: () => pause(!paused) } });
  const { stories, worker, begun } = state;
  if (link.problem && [401, 403].includes(link.problem.status)) return <Wrong problem={link.problem} />;
  return (
    <>
      <div class="head"><h1>Live</h1>
        <p class="facts">
          <span role="status">{standing(link)}</span>
          {app && <span>Stories of {app} alone. <Page to={["live"]}>All apps</Page></span>}
          <button type="button" aria-pressed={paused} onClick={() => pause(!paused)}>Pause <kbd>p</kbd></button>
        </p>
      </div>
      {(worker || !begun) && <Figures worker={worker} />}
      {begun && <><Newest stories={stories} />{worker ? <Troubles worker={worker} /> : <p class="note">How the worker is, a key for all apps may see.</p>}</>}
    </>
  );
}

function Newest({ stories }: { stories: readonly Story[] }) {
  return (
    <section>
      <div class="above"><h2>Newest stories</h2><Export name="stories" rows={() => stories.map((one) => ({ ...one, tags: one.tags.join(" ") }))} whole={stories} /></div>
      {stories.length ? (
        <Table label="Newest stories" columns={[{ head: "Story", kind: "what" }, { head: "App" }, { head: "Steps", kind: "num" }, { head: "Test" }, { head: "Began" }]}
          rows={stories.map((one) => [<><Page to={["flows", one.flow_id]} data-row="1">{titled(one.title)}</Page><span class="tags">{one.tags.map((tag) => <span class="tag">{tag}</span>)}</span></>, one.app, number(one.steps), one.has_test ? "written" : "not yet", <Time iso={one.started_at} />])} />
      ) : <Empty title="No story yet"><p>A journey becomes a story after 30 minutes of silence, or at once when the page calls <code>window.journeywright.end()</code>.</p></Empty>}
    </section>
  );
}

function standing({ state, problem, seconds: left = 0 }: Link): string {
  switch (state) {
    case "open": return "New stories appear here by themselves.";
    case "paused": return "Paused: what is shown stays as it is.";
    case "opening": return "Loading…";
    case "waiting": return `${problem?.message ?? ""} Asked again in ${number(left)} s. ${problem?.hint ?? ""}`;
  }
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, one) => all + one, 0);

/** The same boxes before the figures have come. What stands below is shown once all of it is told: nothing moves then. */
function Figures({ worker }: { worker: Worker | undefined }) {
  const lag = worker?.partitions.reduce((all, one) => all + Math.max(0, one.lag_messages), 0);
  return (
    <dl class="figures">
      <Figure value={worker?.open_windows ?? "–"} label="open journeys" />
      <Figure value={lag ?? "–"} label="messages to go (lag)" />
      <Figure value={worker?.stories_published ?? "–"} label="stories since its start" />
      <Figure value={worker?.tests_published ?? "–"} label="tests since its start" />
      <Figure value={worker ? sum(worker.dead_letters) : "–"} label="dead letters" />
      <Figure value={worker ? sum(worker.recorder_errors) : "–"} label="recorder errors" />
    </dl>
  );
}

function Troubles({ worker }: { worker: Worker }) {
  const now = Date.now() / 1000;
  return (
    <>
      {Object.entries(worker.missing).map(([name, reason]) => <p class="wrong" role="alert"><strong>{name}:</strong> {reason}. <Command text="journeywright doctor" /></p>)}
      {worker.messages_lost > 0 && <p class="wrong" role="alert"><strong>{count(worker.messages_lost, "message")} aged out of the topic before they were read.</strong> Keep events longer, or add workers.</p>}
      <div class="halves">
        <Counts title="Dead letters by cause" counts={worker.dead_letters} good="No dead letters." hint="They lie on the topic events-dead-letter, with cause, topic, partition and offset." />
        <Counts title="Recorder errors" counts={worker.recorder_errors} good="No page kept the recorder from working." hint="The worker's log names the first page of each app." />
        <Counts title="Faults of our own" counts={worker.own_faults} good="None." hint="The worker's log has the trace of each." />
        <Counts title="Refused by HTTP" counts={worker.events_refused} good="Nothing was refused." hint="By what was wrong with it." />
      </div>
      {worker.newest_dead_letters.length > 0 && (
        <section>
          <div class="above"><h2>Newest dead letters</h2><Export name="dead-letters" rows={() => worker.newest_dead_letters.map((one) => ({ ...one }))} whole={worker.newest_dead_letters} /></div>
          <Table label="Newest dead letters" columns={[{ head: "When" }, { head: "Kind" }, { head: "Cause", kind: "cause-of" }, { head: "Topic", kind: "mono" }, { head: "Partition", kind: "num" }, { head: "Offset", kind: "num" }]}
            rows={worker.newest_dead_letters.map((one) => [moment(one.at), <span class="kind">{one.kind}</span>, one.cause, one.topic, String(one.partition), String(one.offset)])} />
        </section>
      )}
      <section>
        <h2>Partitions of this worker</h2>
        {worker.partitions.length ? (
          <Table label="Partitions" small columns={[{ head: "Topic", kind: "mono" }, { head: "Partition", kind: "num" }, { head: "To go", kind: "num" }, { head: "Last progress" }]}
            rows={worker.partitions.map((one) => [one.topic, one.partition, number(one.lag_messages), <>{one.last_progress_s ? ago(new Date(one.last_progress_s * 1000).toISOString()) : "–"}{one.lag_messages > 0 && now - one.last_progress_s > WAITS_S && <strong> stuck?</strong>}</>])} />
        ) : <p class="lead">None are assigned to it at the moment.</p>}
        <p class="faint">Its clock is {seconds(worker.clock_delay_s)} behind; {number(Math.round(worker.held_bytes / 1024))} KiB of events are held; {count(worker.embedder_queue, "story", "stories")} wait for the model. <code>/metrics</code> has all of it, for every worker.</p>
      </section>
    </>
  );
}

function Counts({ title, counts, good, hint }: { title: string; counts: Readonly<Record<string, number>>; good: string; hint: string }) {
  const rows = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  return (
    <section>
      <h2>{title}</h2>
      {rows.length ? <><table class="list small"><tbody>{rows.map(([name, many]) => <tr><th scope="row">{name.replaceAll("_", " ")}</th><td class="num">{number(many)}</td></tr>)}</tbody></table><p class="faint">{hint}</p></> : <p class="faint">{good}</p>}
    </section>
  );
}
