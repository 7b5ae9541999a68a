// Hovering that mattered: what was used next was only there because the pointer came by.
import { ancestorsOf, containsDeep, visible } from "../page/dom";
import { attempt } from "../native";
import type { Recorder } from "../recorder";
import { retarget, showsHand } from "./retarget";
import type { Snapshot } from "../page/snapshot";

const TRAIL_MAX = 16;
const RULES_MAX = 20_000;
const DEPTH_MAX = 4;

interface Stop {
  element: Element;
  /** The page when the pointer came here, before the page could react to it. */
  seen: Snapshot | null;
  epoch: number;
}

/** A part of a style rule that shows something while the pointer is over `opener`. */
interface HoverRule {
  opener: string;
  shown: string;
}

export class Hovers {
  /** The latest stop first. */
  private trail: Stop[] = [];
  /** Where the pointer was: what moves under a pointer at rest is no hover. */
  private place = "";
  private readonly rules = new WeakMap<Document, { sheets: number; rules: HoverRule[] }>();

  constructor(private readonly recorder: Recorder) {}

  over(target: Element, event: PointerEvent): void {
    const place = `${event.screenX},${event.screenY}`;
    if (place === this.place) return;
    this.place = place;
    const { effects, watch } = this.recorder;
    effects.hover();
    const stop = { element: target, seen: effects.seenBeforeHover(), epoch: watch.answers };
    this.trail = [stop, ...this.trail.slice(0, TRAIL_MAX - 1)];
  }

  /** The element is about to be used: tells of the hovers that it depends on, if it does, in their order. */
  check(target: Element): void {
    const { trail } = this;
    this.trail = [];
    if (!trail.length || !visible(target)) return;
    // In a menu within a menu, what the pointer came by was itself only there because it came by something.
    const openers: Element[] = [];
    let one: Element | null = target;
    while ((one = this.byStyle(one, trail) ?? this.byScript(one, trail)) && !openers.includes(one) && openers.length < DEPTH_MAX) openers.unshift(one);
    if (!openers.length) return;
    this.recorder.before();
    for (const opener of openers) this.recorder.act({ kind: "hover", target: this.recorder.elements.describe(opener) });
  }

  /** Shown by a style rule with `:hover`. */
  private byStyle(target: Element, trail: Stop[]): Element | null {
    const rules = this.rulesOf(target.ownerDocument);
    for (const element of [target, ...ancestorsOf(target)]) {
      const rule = rules.find(({ shown }) => attempt(() => element.matches(shown), false));
      const opener = rule ? attempt(() => element.closest(rule.opener), null) : null;
      if (!opener || opener === target) continue;
      return trail.find((stop) => opener.contains(stop.element) && !element.contains(stop.element))?.element ?? opener;
    }
    return null;
  }

  /** Made by a script when the pointer came over another element, while nothing else went on. */
  private byScript(target: Element, trail: Stop[]): Element | null {
    const last = trail.findIndex((stop) => stop.seen?.complete && !knows(stop.seen, target));
    const stop = trail[last];
    const after = trail[last - 1];
    // What answers brought meanwhile came by itself, unless it is an entry of a menu.
    if (!after?.seen || !stop?.seen || (stop.epoch !== after.epoch && !target.matches("[role^=menuitem]"))) return null;
    const item = [target, ...ancestorsOf(target)].find((one) => after.seen!.byElement.has(one));
    if (!item || knows(stop.seen, item) || containsDeep(target, stop.element)) return null;
    const { element } = retarget(stop.element);
    const opener = [element, ...ancestorsOf(element)].find((one) => knows(stop.seen!, one));
    return opener && !opener.contains(target) && (showsHand(opener) || opener.matches("button,a,li,[role],[onmouseover]")) ? opener : null;
  }

  private rulesOf(doc: Document): HoverRule[] {
    const known = this.rules.get(doc);
    if (known?.sheets === doc.styleSheets.length) return known.rules;
    const rules: HoverRule[] = [];
    let left = RULES_MAX;
    const collect = (list: CSSRuleList): void => {
      for (const rule of list) {
        if (--left < 0) return;
        const inner = (rule as CSSGroupingRule).cssRules as CSSRuleList | undefined;
        const { selectorText, style } = rule as CSSStyleRule;
        if (selectorText?.includes(":hover") && SHOWS.test(style.cssText)) rules.push(...partsOf(selectorText));
        if (inner?.length) collect(inner);
      }
    };
    for (const sheet of doc.styleSheets) attempt(() => collect(sheet.cssRules), undefined);
    this.rules.set(doc, { sheets: doc.styleSheets.length, rules });
    return rules;
  }
}

/** What makes something visible, gives it room, or brings it back from where nobody sees or presses it. */
const SHOWS =
  /(^| )(display: [^n]|visibility: [vi]|(max-)?(width|height): [^0]|position: s|(left|top|pointer-events): [a0]|(clip-path|transform): (n|\w+\([01][p,)]))/;

function partsOf(selector: string): HoverRule[] {
  return selector.split(",").flatMap((part) => {
    const found = /^(.*?[\w\])]):hover[^ >+~]*[ >+~]/.exec(part.trim());
    return found ? [{ opener: found[1]!, shown: part }] : [];
  });
}

const knows = (seen: Snapshot, element: Element): boolean =>
  seen.byElement.has(element) || seen.fields.has(element) || seen.states.has(element);
