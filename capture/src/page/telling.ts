// Which ids, classes and words a person wrote, and which a program made up.

import { isPlain } from "../privacy/plainwords";
import { isHidden } from "./reader";

const FRAMEWORK = /^(:r|r:|radix|react-|ember|headlessui|mui-|chakra|ext-|yui|gwt|ui-id|select2-|mat-|cdk-|ng-|v-|svelte-|jss|sc-|css-|emotion|tippy-|popper|downshift|rc_|uid|uuid|guid)/i;
const STATE =
  /^(is-|has-|js-|ng-|u-)|(^|[-_])(active|selected|closed|(open|hover|focus)(ed)?|focus-visible|disabled|checked|loading|current|expanded|collapsed|shown?|hide|hidden|visible|(in)?valid|in|fade|blank|empty|filled|dirty|touched|first|last|odd|even|dragging|editing|animated)$/i;

const UTILITY =
  /^-?(flex|grid|inline|block|items|justify|text|bg|border|rounded|p[xytrbl]?|m[xytrbl]?|w|h|gap|space|font|leading|tracking|shadow|overflow|cursor|transition|duration|ease|opacity|z|top|left|right|bottom|absolute|relative|fixed|sticky|min|max|self|content|place|select|pointer|sr|ring|outline|fill|stroke|truncate|whitespace|break|align|float|clear|object|d|lg|md|sm|xl|xs|pull)(-|$)/;
/** Ends like a hash: capitals or digits among letters, and not as in words put together (`itemName`). */
const HASHED = /(--|__|_|-)(?![a-z]{3,}([A-Z][a-z]{2,})+$|([A-Z][a-z]{2,})+$)(?=[A-Za-z0-9]*[A-Z0-9])(?=[A-Za-z0-9]*[a-z])[A-Za-z0-9]{5,8}$/;

/** Whether the id or class looks made by a program: likely another one tomorrow. */
export function looksGenerated(name: string): boolean {
  if (/[:«]r[0-9a-z]+[:»]|_r_[0-9a-z]+_/.test(name)) return true;
  if (name.length < 2 || name.length > 60 || FRAMEWORK.test(name) || /[^\w:.\- ]/.test(name) || HASHED.test(name)) return true;
  if (/\d{2}|\d.*\d/.test(name) || /(^|[_\-:.])\d+([_\-:.]|$)/.test(name)) return true;
  if (manyTransitions(name)) return true;
  return name
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/)
    .some((word) => word.length >= 4 && (/[bcdfghjklmnpqrstvwxz]{5}/i.test(word) || /\d/.test(word)));
}

/** Playwright's own measure of a dynamic id: it changes between kinds of characters too often. */
function manyTransitions(id: string): boolean {
  let last = "";
  let transitions = 0;
  for (const char of id) {
    if (char === "-" || char === "_") continue;
    const kind = /[a-z]/.test(char) ? "lower" : /[A-Z]/.test(char) ? "upper" : /\d/.test(char) ? "digit" : "other";
    if (kind === "lower" && last === "upper") {
      last = kind;
      continue;
    }
    if (last && last !== kind) transitions += 1;
    last = kind;
  }
  return transitions >= id.length / 4;
}

/** Classes that look hand-written and don't tell a passing state. */
export function tellingClasses(element: Element, most: number): string[] {
  const masked = isHidden(element);
  return [...element.classList]
    .filter((name) => (!masked || isPlain(name)) && name.length > 2 && !STATE.test(name.replace(/(?<=[a-z])(?=[A-Z])/g, "-")) && !UTILITY.test(name) && !looksGenerated(name))
    .slice(0, most);
}

/** The text cut at a word, so that it is still a part of the whole. */
export function cutAtWord(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const part = text.slice(0, chars);
  const words = part.replace(/ [^ ]*$/, "");
  return (words.length > chars / 2 ? words : part).trim();
}

/** The text without a number before or after it ("Order 1234" → "Order"), or null where there is none. */
export function withoutNumbers(text: string): string | null {
  const bare = text.replace(/^[\d.,:/%()#-]+\s+|(?<!\s)\s+[\d.,:/%()#-]+$/g, "").trim();
  return bare !== text && bare.length > 2 && /\p{L}/u.test(bare) ? bare : null;
}

const bare = (text: string): string => text.toLowerCase().replace(/\s/g, "");

/** Whether what is heard has all the words that are seen. */
export const says = (heard: string, seen: string): boolean => bare(heard).includes(bare(seen));
