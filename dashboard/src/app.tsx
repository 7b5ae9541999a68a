// The frame around every page: where one is, where one can go, and the keys.
import { Component, type ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { CHANGED, key, keepKey, useGet } from "./api";
import { allKeys, rowTo, useKeys } from "./keys";
import { Page } from "./parts";
import { Coverage } from "./pages/coverage";
import { Flow } from "./pages/flow";
import { Flows } from "./pages/flows";
import { Live } from "./pages/live";
import { Review } from "./pages/review";
import { Runs } from "./pages/runs";
import { TO_REVIEW } from "./query";
import { BASE, followLinks, useRoute } from "./router";
import { useTitle } from "./title";
import { compact, number } from "./format";

const PAGES = [["", "Flows"], ["review", "Review"], ["runs", "Runs"], ["coverage", "Coverage"], ["live", "Live"]] as const;

export function App() {
  const { parts, query } = useRoute();
  const [help, showHelp] = useState(false);
  useKeys({ "?": { what: "show the keys", run: () => showHelp(true) } });
  const name = parts[0] ?? "";
  const current = name === "flows" ? "" : name;
  const main = useRef<HTMLElement>(null);
  const at = parts.join("/");
  const left = useRef<{ at: string; href: string }>(undefined);
  // Who goes on by keys goes on from the page, and who comes back, from the row that led away.
  useLayoutEffect(() => {
    if (left.current && left.current.at !== at) (rowTo(left.current.href) ?? main.current)?.focus({ preventScroll: true });
    left.current = { at, href: location.href };
  }, [at]);
  return (
    <div onClick={followLinks}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>Skip to the page</button>
      <header class="top">
        <Page to={[]} class="brand"><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M5 23c6 0 5-14 11-14s5 8 11 5" /><circle cx="5" cy="23" r="3" /></svg>journeywright</Page>
        <nav aria-label="Pages">
          {PAGES.map(([to, label]) => (
            <Page to={to ? [to] : []} aria-current={current === to ? "page" : undefined}>{label}{to === "review" && <>{" "}<ToReview /></>}</Page>
          ))}
        </nav>
        <span class="tools">
          <a href={new URL("docs", BASE).href}>API</a>
          <button type="button" class="small" onClick={() => showHelp(true)} aria-label="Keys"><kbd>?</kbd></button>
          {key() && <button type="button" class="small" onClick={() => { keepKey(null); location.reload(); }}>Forget the key</button>}
        </span>
      </header>
      <main ref={main} tabIndex={-1} id="page">
        <Net key={at}>{pageOf(parts, query)}</Net>
      </main>
      {help && <Help close={() => showHelp(false)} />}
    </div>
  );
}

function pageOf(parts: readonly string[], query: URLSearchParams): ComponentChildren {
  const [name, id, ...rest] = parts;
  if (rest.length) return <Nowhere />;
  switch (name) {
    case undefined: return <Flows query={query} />;
    case "flows": return id ? <Flow id={id} query={query} /> : <Flows query={query} />;
    case "review": return <Review id={id} query={query} />;
    case "runs": return <Runs query={query} />;
    case "coverage": return <Coverage query={query} />;
    case "live": return <Live query={query} />;
    default: return <Nowhere />;
  }
}

function Nowhere() {
  useTitle("Not found");
  return <div class="empty"><h1>There is nothing at this address</h1><p><Page to={[]}>All flows</Page></p></div>;
}

function ToReview() {
  const asked = useGet("/api/v1/flows", {}, { state: TO_REVIEW.join(","), limit: 1 });
  useEffect(() => {
    addEventListener(CHANGED, asked.again);
    return () => removeEventListener(CHANGED, asked.again);
  }, [asked.again]);
  const total = asked.data?.total;
  return total ? <span class="badge" title={number(total)}>{compact(total)}<span class="hidden"> to look at</span></span> : null;
}

function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">{allKeys().map(([name, what]) => <div><dt><kbd>{name}</kbd></dt><dd>{what}</dd></div>)}<div><dt><kbd>Enter</kbd></dt><dd>open</dd></div></dl>
      <form method="dialog"><button type="submit" class="main">Close</button></form>
    </dialog>
  );
}

/** Where a page fails by a fault of ours, it says so, and the others go on. */
class Net extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };
  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ failed: true });
  }
  override render() {
    if (!this.state.failed) return this.props.children;
    return <div class="wrong" role="alert"><strong>This page met an error of ours.</strong> The browser's console says more. <button type="button" onClick={() => this.setState({ failed: false })}>Try again</button></div>;
  }
}
