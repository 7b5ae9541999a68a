// When the page changes and when it is quiet: mutations of all watched trees, and requests on their way.
import { elementsUnder, forgetLabels, parentOf } from "./dom";
import { QUIET_MS, REQUEST_WAIT_MS } from "../limits";
import { guard, native } from "../native";

const ATTRIBUTES =
  ("class style hidden open disabled role value checked selected placeholder title alt id name for href src label readonly " +
    "aria-hidden aria-label aria-labelledby aria-expanded aria-selected aria-checked aria-pressed aria-disabled " +
    "aria-invalid aria-current aria-live aria-modal data-testid data-test-id data-test data-mask type contenteditable").split(" ");
const STYLE_BATCHES_MAX = 20;
const AROUND_LEVELS = 3;
const AROUND_MS = 300;

/** What happened to an element. */
export interface Change {
  element: Element;
  /** What stands around elements that changed at the same time, and was told before. */
  above: Set<Element>;
  /** What is in it may look otherwise. */
  withInner: boolean;
  /** Something else is masked. */
  masks: boolean;
  /** It may have another role. */
  renames: boolean;
}

export class Watch {
  /** Grows with each change; whatever was computed at the same epoch still holds. */
  epoch = 0;
  /** Grows with each change of the tree alone. */
  private treeEpoch = 0;
  /** Grows when elements come, go or move. */
  shapeEpoch = 0;
  lastChangeMs = native.now();
  /** Grows with each request that came to its end, and with each action. */
  answers = 0;
  /** How many requests began. */
  asked = 0;
  /** Whether the page changed something at the element of the last action or right around it, seen or not. */
  touchedAround = false;
  private around: Element | null = null;
  private aroundUntilMs = 0;
  private styleBatches = 0;
  private readonly observer: MutationObserver;
  private readonly seen = new Set<Document | ShadowRoot>();
  private readonly requests = new Map<object, number>();

  constructor(
    private readonly onShadow: (root: ShadowRoot) => void,
    private readonly onChange: (change: Change) => void,
    private readonly onCome: (node: Node) => void,
    private readonly onNews: (records: MutationRecord[], masks: boolean) => void,
    private readonly onHeard: () => void,
  ) {
    this.observer = new MutationObserver(guard((records) => this.note(records)));
  }

  watchTree(root: Document | ShadowRoot): void {
    if (!this.seen.has(root)) {
      this.seen.add(root);
      const observed = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES };
      this.observer.observe(root, observed);
      this.shapeEpoch += 1;
      if (root.nodeType === 11) this.onShadow(root as ShadowRoot);
    }
    // Shadow trees that the page's own markup declares come to be without a word.
    for (const element of elementsUnder(root)) this.observeShadow(element);
    this.touch();
  }

  /** The documents and shadow trees that are there now. */
  roots(): (Document | ShadowRoot)[] {
    for (const root of this.seen) if (!(root.nodeType === 9 ? (root as Document).defaultView : root.isConnected)) this.seen.delete(root);
    return [...this.seen];
  }

  /** The epoch with everything counted that has happened so far. */
  now(): number {
    const records = this.observer.takeRecords();
    if (records.length) this.note(records);
    return this.epoch;
  }

  /** The epoch of the tree with everything counted that has happened so far. */
  treeNow(): number {
    this.now();
    return this.treeEpoch;
  }

  /** Something changed that is no mutation (a field's value, a scroll, a frame's load). */
  touch(): void {
    this.epoch += 1;
    this.lastChangeMs = native.now();
  }

  actionBegins(around: Element | null = null): void {
    this.now();
    this.touchedAround = false;
    this.around = around;
    this.aroundUntilMs = native.now() + AROUND_MS;
    this.answers += 1;
    this.styleBatches = 0;
    this.touch();
  }

  requestBegins(request: object): void {
    this.asked += 1;
    this.requests.set(request, native.now());
  }

  requestEnds(request: object): void {
    if (!this.requests.delete(request)) return;
    this.lastChangeMs = native.now();
    this.answers += 1;
  }

  /** Whether requests are on their way that an answer can still be hoped for. */
  get awaits(): boolean {
    const now = native.now();
    return [...this.requests.values()].some((since) => now - since < REQUEST_WAIT_MS);
  }

  /** How long until the page may be called quiet, in ms; 0 when it is. */
  unrestMs(quietMs = QUIET_MS): number {
    this.now();
    return this.awaits ? quietMs : Math.max(0, this.lastChangeMs + quietMs - native.now());
  }

  private note(records: MutationRecord[]): void {
    let telling = false;
    const changed = new Set<Node>();
    const above = new Set<Element>();
    const masks = records.some(({ attributeName }) => attributeName === "data-mask");
    forgetLabels();
    this.onNews(records, masks);
    for (const record of records) {
      if (!changed.has(record.target)) {
        changed.add(record.target);
        this.changed(record, above, masks);
      }
      if (record.type !== "attributes" || record.attributeName !== "style") telling = true;
      if (record.type === "characterData") this.onCome(record.target);
      if (record.type === "childList" && reshapes(record)) this.shapeEpoch += 1;
      for (const node of record.addedNodes) {
        this.onCome(node);
        if (node.nodeType !== 1) continue;
        this.observeShadows(node as Element);
      }
    }
    this.epoch += 1;
    this.treeEpoch += 1;
    this.onHeard();
    if (!telling && ++this.styleBatches > STYLE_BATCHES_MAX) return;
    this.lastChangeMs = native.now();
  }

  private changed({ target, type, attributeName }: MutationRecord, above: Set<Element>, masks: boolean): void {
    const element = target.nodeType === 1 ? (target as Element) : parentOf(target);
    if (element && this.around && native.now() < this.aroundUntilMs && isAround(this.around, element)) this.touchedAround = true;
    const restyled = /^(class|style|hidden)$/.test(`${attributeName}`);
    if (element) this.onChange({ element, above, withInner: restyled && !/^(BODY|HTML)$/.test(element.nodeName), masks, renames: type === "attributes" && !restyled });
  }

  private observeShadows(element: Element): void {
    this.observeShadow(element);
    if (element.firstElementChild) for (const inner of element.querySelectorAll("*")) this.observeShadow(inner);
  }

  private observeShadow(element: Element): void {
    const shadowRoot = element.shadowRoot;
    if (shadowRoot && !this.seen.has(shadowRoot)) this.watchTree(shadowRoot);
  }
}

/** Whether elements came, went or moved, and not only texts. */
const reshapes = ({ addedNodes, removedNodes }: MutationRecord): boolean => [...addedNodes, ...removedNodes].some((node) => node.nodeType === 1);

/** Whether `element` is in the parent of `near`, or one of the elements right above it. */
function isAround(near: Element, element: Element): boolean {
  let up: Element | null = near;
  for (let level = 0; up && level < AROUND_LEVELS && up.nodeName !== "BODY"; level++, up = parentOf(up)) {
    if (up === element || (level === 1 && up.contains(element))) return true;
  }
  return false;
}
