// Hovering that mattered: what was used next was only there because the pointer came by.
import { ancestorsOf, containsDeep, visible } from "../page/dom";
import { attempt, native } from "../native";
import type { Recorder } from "../recorder";
import { retarget } from "./retarget";
import type { Snapshot } from "../page/snapshot";

const TRAIL_MAX = 16;
const TRAIL_MS = 20_000;
const RULES_MAX = 20_000;

interface Stop {
  element: Element;
  atMs: number;
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
    this.trail.push({ element: target, atMs: native.now(), seen: effects.seenBeforeHover(), epoch: watch.answers });
    if (this.trail.length > TRAIL_MAX) this.trail.shift();
  }

  /** The element is about to be used: tells of the hover that it depends on, if it does. */
  check(target: Element): void {
    // The latest stop first.
    const trail = this.trail.filter((stop) => native.now() - stop.atMs < TRAIL_MS).reverse();
    this.trail = [];
    if (!trail.length || !visible(target)) return;
    const opener = this.byStyle(target, trail) ?? this.byScript(target, trail);
    if (!opener) return;
    this.recorder.before();
    this.recorder.act({ kind: "hover", target: this.recorder.elements.describe(opener) });
  }

  /** Shown by a style rule with `:hover`. */
  private byStyle(target: Element, trail: Stop[]): Element | null {
    const rules = this.rulesOf(target.ownerDocument);
    for (const element of [target, ...ancestorsOf(target)]) {
      const rule = rules.find(({ shown }) => attempt(() => element.matches(shown), false));
      const opener = rule ? attempt(() => element.closest(rule.opener), null) : null;
      if (!opener || opener === target) continue;
      const part = trail.find((stop) => opener.contains(stop.element) && !element.contains(stop.element));
      return part && part.element !== opener ? part.element : opener;
    }
    return null;
  }

  /** Made by a script when the pointer came over another element, while nothing else went on. */
  private byScript(target: Element, trail: Stop[]): Element | null {
    const last = trail.findIndex((stop) => stop.seen?.complete && !knows(stop.seen, target));
    const stop = trail[last];
    const after = trail[last - 1];
    if (!stop?.seen || !after?.seen || stop.epoch !== after.epoch) return null;
    const item = [target, ...ancestorsOf(target)].find((one) => after.seen!.byElement.has(one));
    if (!item || knows(stop.seen, item) || containsDeep(target, stop.element)) return null;
    const opener = retarget(stop.element).element;
    const opens = opener.matches("button,a,li,summary,[role],[aria-haspopup],[onmouseenter],[onmouseover]");
    return opens && knows(stop.seen, opener) && !opener.contains(target) ? opener : null;
  }

  private rulesOf(doc: Document): HoverRule[] {
    const known = this.rules.get(doc);
    if (known?.sheets === doc.styleSheets.length) return known.rules;
    const rules: HoverRule[] = [];
    let left = RULES_MAX;
    const collect = (list: CSSRuleList): void => {
      for (const rule of list) {
        if ((left -= 1) < 0) return;
        const inner = (rule as CSSGroupingRule).cssRules as CSSRuleList | undefined;
        const { selectorText, style } = rule as CSSStyleRule;
        if (selectorText?.includes(":hover") && style && showsSomething(style)) rules.push(...partsOf(selectorText));
        if (inner?.length) collect(inner);
      }
    };
    for (const sheet of doc.styleSheets) attempt(() => collect(sheet.cssRules), undefined);
    this.rules.set(doc, { sheets: doc.styleSheets.length, rules });
    return rules;
  }
}

function showsSomething(style: CSSStyleDeclaration): boolean {
  return /^[^n]/.test(style.display) || /^[vi]/.test(style.visibility) || /^[^0]/.test(style.width + style.height);
}

function partsOf(selector: string): HoverRule[] {
  return selector.split(",").flatMap((part) => {
    const at = part.indexOf(":hover");
    const opener = part.slice(0, at).trim();
    const rest = part.slice(at + ":hover".length);
    return at > 0 && /[\w\])]$/.test(opener) && /^[^ >+~]*[ >+~]/.test(rest) ? [{ opener, shown: part.trim() }] : [];
  });
}

const knows = (seen: Snapshot, element: Element): boolean =>
  seen.byElement.has(element) || seen.fields.has(element) || seen.states.has(element);
