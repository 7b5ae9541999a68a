// Fields out of sight that the page fills from what the user types, a moment later: an address made of a title.
import { cut, fieldValue, isTextField, visible } from "./dom";
import type { Elements } from "./elements";
import * as limits from "../limits";
import { isHidden } from "./reader";
import type { Change } from "../wire";

/** A field that is being filled, and what stood before in fields that nobody sees. */
export interface Filling {
  field: Element;
  unseen: Map<Element, string>;
}

/** What the text fields hold that nobody sees, but for secrets. */
export function unseenTexts(doc: Document): Map<Element, string> {
  const texts = new Map<Element, string>();
  for (const field of doc.querySelectorAll("input, textarea")) {
    if (texts.size >= limits.UNSEEN_FIELDS_MAX) break;
    const plain = field.nodeName === "TEXTAREA" || /^(text|search|url|)$/.test(field.getAttribute("type") ?? "");
    if (plain && isTextField(field) && !visible(field)) texts.set(field, fieldValue(field));
  }
  return texts;
}

/** The fields that came to say in their way what was typed: the form needs them, so a test has to wait for them. */
export function echoes({ field, unseen }: Filling, elements: Elements): Change[] {
  const said = slug(fieldValue(field));
  const changes: Change[] = [];
  for (const [one, before] of unseen) {
    const after = fieldValue(one);
    if (said.length < 3 || !one.isConnected || after === before || slug(after) !== said) continue;
    const element = elements.describe(one, { most: limits.CHANGE_CANDIDATES_MAX, brief: true });
    if (!isHidden(one)) changes.push({ change: "value", element, before: cut(before, limits.TEXT_CHARS_MAX), after: cut(after, limits.TEXT_CHARS_MAX) });
  }
  return changes;
}

const slug = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
