// Demo pages display the password they want: then a test may read it there instead of knowing it.
import { visible } from "./dom";
import { CHANGE_CANDIDATES_MAX } from "../limits";
import { kindByWords } from "../privacy/secretfields";
import type { Recorder } from "../recorder";
import type { ShownIn } from "../wire";

const AROUND_CHARS = 60;
const AROUND_CHARS_MAX = 400;
/** A text that happens to hold the word says nothing of it: telling where would give the secret away. */
const SPEAKS_OF_IT = /pass|code|credential|log ?in|sign ?in/i;

const speaksOfIt = (words: string): unknown => SPEAKS_OF_IT.test(words) || kindByWords(words);

/** Where the page shows the text that was typed into `field`, or null. The text itself is in no part of the answer. */
export function shownIn(field: Element, text: string, recorder: Recorder): ShownIn | null {
  if (text.length < 2) return null;
  const index = recorder.indexes.of(field.ownerDocument);
  const found = index.found({ by: "text", value: text }).find((one) => visible(one) && index.text(one).includes(text));
  if (!found || recorder.privacy.masked(found)) return null;
  const whole = index.text(found);
  const at = whole.indexOf(text);
  const isWord = !/[\p{L}\p{N}]/u.test((whole[at - 1] ?? " ") + (whole[at + text.length] ?? " "));
  const inLine = found.parentElement && getComputedStyle(found).display === "inline" && found.nodeName !== "LABEL";
  const around = inLine ? index.text(found.parentElement as Element).slice(0, AROUND_CHARS_MAX) : "";
  if (!isWord || !speaksOfIt(`${whole} ${around}`.split(text).join(" "))) return null;
  const candidates = recorder.elements.locators
    .candidates(found, index, { most: CHANGE_CANDIDATES_MAX })
    .filter((one) => !JSON.stringify(one).includes(text));
  const before = whole.slice(Math.max(0, at - AROUND_CHARS), at);
  return { candidates, before, after: whole.slice(at + text.length, at + text.length + AROUND_CHARS) };
}
