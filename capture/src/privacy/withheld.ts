// Texts that must not be told, and the search for them in all that is told: in any case, spacing and encoding.
import { hash64 } from "../hash";
import { attempt, decoded } from "../native";
import { NAME_CHARS_MAX, TEXT_CHARS_MAX, URL_CHARS_MAX, VALUE_CHARS_MAX } from "../limits";
import { isPlainWord } from "./plainwords";
import { HOLE } from "../page/reader";

/** Letters and digits that the search begins with. */
const HEAD = 4;
const SHORTEST = 3;
/** From this length on a text may stand amid other letters and digits; shorter ones are words of their own. */
const ANYWHERE = 6;
/** From this length on, even where other signs stand between its letters. */
const SPREAD = 8;
/** From this length on a word may have an ending more: a name in another case. */
const INFLECTED_MIN = 5;
const INFLECTION = /^\p{Ll}{1,3}(?![\p{L}\p{N}])/u;
/** What other cases of a name have another ending for. */
const ENDING = /(?:[аеиоуыэюя]{1,3}|[aeiouy]{1,2})$/;
const LONGEST = 200;
const PARTS_MAX = 16;
const WORDS_MAX = 60;
/** The first 56 words of a longer text. The rest is a text of its own; it begins four words before the end of what is
 *  looked at together, so that a name is whole in one of the two. */
const LATER = /^(?:\S+\s+){56}(?=(?:\S+\s+){4})/;
const SECRETS_MAX = 400;
const MASKED_MAX = 12_000;
/** Masked texts that later pages know as well. */
const KEPT_MAX = 600;
const SEEN_MAX = 4_000;
const BUCKETS = 4_096;
const WORD = /[\p{L}\p{N}]+/gu;
/** Signs that stand right at a text belong to it, but for those that part texts from others. */
const SIGNS_BEFORE = /[^\p{L}\p{N}\s=:/&?#"'([{<,;.|•-]{1,40}$/u;
const SIGNS_AFTER = /^(?:%[0-9a-f]{2}|[^\p{L}\p{N}\s=:/&?#"')\]}>,;.|•-])+/iu;
const SIGNS_MAX = 40;
/** A word that the page cut off. */
const CUT_OFF = /[\p{L}\p{N}]{3,40}(?=(?:…|\.{3})$)/u;
/** Where we cut texts off. */
const CUT_CHARS = [NAME_CHARS_MAX, TEXT_CHARS_MAX, URL_CHARS_MAX, VALUE_CHARS_MAX];
/** Ways to write a letter: of addresses, of scripts, of markup. */
const ENCODED = /(?:%5c|%|\\)u([0-9a-f]{4})|&#(\d{2,6});|&#x([0-9a-f]{2,5});|&([a-z])(?:acute|grave|circ|uml|tilde|cedil|ring|caron|slash);|(?:%(?!5cu)[0-9a-f]{2})+/gi;
/** Letters and digits that may be another text, in base 64 or 16. */
const RUN = /[\w+-]{8,}/g;
const HEX = /[\da-f]{8,}/gi;
/** What may stand between its bytes, or groups of its letters. */
const GAPS = /[^\w+/]|0?x(?=[\da-f]{2})/gi;
/** Bytes that are a text, at least for a while: what is read where none was written hardly ever is. */
const READABLE = /(?:[ -~]|[\xc2-\xf4][\x80-\xbf]{1,3}){6}/;
/** A run may hold one that holds one. */
const DEEPEST = 2;
/** Scripts without blanks between words, in which two letters make a name. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u;
const UNSPACED_MIN = 2;

/** What a text is: one amid others, a word of its own, one that has hardly a letter and is looked for as it is, or a part. */
const enum How {
  Amid,
  Alone,
  Signs,
  /** What is left of a secret where we cut a text off amid it. */
  First,
  /** A word of its own, which may have another ending. */
  Name,
}

/** A text by its folded length and hashes, so that nobody reads it in the tab's storage. */
type Kept = [length: number, bucket: number, hash: string, how: How];

interface Folded {
  text: string;
  /** Where in the original each character begins and ends. */
  from: number[];
  to: number[];
}

export class Withheld {
  private readonly secrets: Kept[] = [];
  private readonly masked: Kept[] = [];
  private readonly hashes = new Set<string>();
  private readonly buckets = new Map<number, Kept[]>();
  /** Words of masked names, for what a page cuts off amid them. */
  private readonly names = new Set<string>();
  private signs = false;
  private shortest = SHORTEST;
  private readonly seen = new Set<string>();
  private readonly cleaned = new Map<string, string>();

  constructor(
    private readonly salt: string,
    kept: [Kept[], Kept[]] | null,
  ) {
    if (kept) this.take(kept);
  }

  /** What an earlier page, or another tab of the session, withholds. */
  take([secrets, masked]: [Kept[], Kept[]]): void {
    for (const one of secrets) this.keep(one, true);
    for (const one of masked) this.keep(one, false);
  }

  /** For the next page: hashes of the latest. */
  kept(): [Kept[], Kept[]] {
    return [this.secrets, this.masked.slice(-KEPT_MAX)];
  }

  /** Withholds what was typed into, or stands in, a field for secrets. */
  addSecret(value: string): void {
    const { text } = fold(value);
    if (text.length < HEAD && value.trim().length > text.length) this.withhold(fold(value, true).text, true, How.Signs);
    this.withhold(text, true, text.length < ANYWHERE ? How.Alone : How.Amid);
    const { length } = text;
    const half = Math.max(HEAD, Math.ceil(length / 2), length - PARTS_MAX);
    const part = Math.max(ANYWHERE, Math.ceil(length / 1.5));
    for (let most = length - 1; most >= half; most--) {
      // A word that digits follow may be anybody's.
      const cut = most < part || /^\D+\d$/.test(text.slice(0, most + 1));
      this.withhold(text.slice(0, most), true, /\D/.test(text) && cut ? How.First : How.Alone);
      if (most >= part) this.withhold(text.slice(-most), true, How.Alone);
    }
  }

  /** Withholds what there is of a secret so far, folded, as a word of its own. */
  addBeginning(text: string): void {
    if (text.length >= HEAD) this.withhold(text, true, How.Alone);
  }

  /** Withholds a text of a masked element, and the parts of it that tell something; `common`: it stands on a control. */
  addMasked(text: string, common: boolean): void {
    if (this.seen.has(text)) return;
    const written = text.replace(/[\u00e4\u00f6\u00fc\u00f8]/gi, (letter) => fold(letter).text + "e");
    if (written !== text) this.addMasked(written, common);
    if (this.seen.size >= SEEN_MAX) this.seen.clear();
    this.seen.add(text);
    const after = LATER.exec(text);
    if (after) this.addMasked(text.slice(after[0].length), common);
    for (const token of text.split(/\s+/).slice(0, WORDS_MAX)) {
      const inner = wordsOf(token);
      if (inner.length > 1) this.addWords(inner, inner);
      if (token.includes("@")) this.addWords(wordsOf(token.split("@")[0]!), inner);
    }
    const raw = (text.match(WORD) ?? []).slice(0, WORDS_MAX);
    const words = wordsOf(text);
    if (!common) for (const word of raw) if (UNSPACED.test(word) && word.length >= UNSPACED_MIN) this.withhold(fold(word).text, false, How.Amid);
    if (words.length === 1) return common && !/\d/.test(words[0]!) ? undefined : this.addWords(words, words);
    this.addWords(words.slice(0, 3), words);
    const named = raw.every((word) => /^[\p{Lu}\p{N}]/u.test(word));
    const tells = raw.map((word, at) => /\p{N}/u.test(word) || ((at > 0 || named || /^\p{Lu}/u.test(raw[1] ?? "")) && /^\p{Lu}/u.test(word) && !isPlainWord(words[at]!)));
    for (let at = 0; at < words.length; at++) {
      if (tells[at] && !common && words[at]!.length >= HEAD) this.withhold(words[at]!, false, How.Alone);
      if (tells[at] && tells[at + 1]) this.addWords(words.slice(at, at + 2), words);
      const window = words.slice(at, at + (tells[at] ? 3 : 4));
      if (at && window.length > 2 && window.join("").length >= SPREAD) this.addWords(window, words);
    }
  }

  private addWords(words: string[], of: string[]): void {
    const text = words.join("");
    if (text.length < (words.length === 2 || of.length === 1 ? HEAD : ANYWHERE) && !/^\d{4}/.test(text)) return;
    if (!words.every(isPlainWord)) this.withhold(text, false, words.length < 2 || text.length < SPREAD ? How.Alone : How.Amid);
  }

  private withhold(text: string, secret: boolean, how: How): void {
    if (text.length < (UNSPACED.test(text) ? UNSPACED_MIN : SHORTEST)) return;
    const cut = text.slice(0, LONGEST);
    const name = !secret && how === How.Alone;
    this.keep([cut.length, this.bucketOf(cut, 0, cut.length), this.hashOf(cut), name ? How.Name : how], secret);
    if (!name) return;
    if (this.names.size < MASKED_MAX) this.names.add(cut);
    const stem = cut.replace(ENDING, "");
    if (stem !== cut && stem.length >= HEAD) this.withhold(stem, false, how);
  }

  private keep(one: Kept, secret: boolean): void {
    const list = secret ? this.secrets : this.masked;
    if (this.hashes.has(keyOf(one))) return;
    if (list.length >= (secret ? SECRETS_MAX : MASKED_MAX)) this.forget(list.shift()!);
    list.push(one);
    this.signs ||= one[3] === How.Signs;
    this.shortest = Math.min(this.shortest, one[0]);
    this.hashes.add(keyOf(one));
    const bucket = this.buckets.get(one[1]);
    if (bucket) bucket.push(one);
    else this.buckets.set(one[1], [one]);
    this.cleaned.clear();
  }

  private forget(one: Kept): void {
    this.hashes.delete(keyOf(one));
    const bucket = this.buckets.get(one[1])!;
    bucket.splice(bucket.indexOf(one), 1);
  }

  private hashOf(text: string): string {
    return hash64(this.salt + text, 1);
  }

  /** A small number made of the first characters: nearly all places of a text are passed over by it. */
  private bucketOf(text: string, at: number, length: number): number {
    const head = Math.min(HEAD, length);
    let sum = head;
    for (let i = 0; i < head; i++) sum = (sum * 131 + text.charCodeAt(at + i)) | 0;
    return ((sum ^ (sum >>> 12)) & (BUCKETS - 1)) | (head < HEAD ? BUCKETS * head : 0);
  }

  /** The text with all that is withheld taken out. */
  clean(text: string): string {
    if (!this.hashes.size || text.length < this.shortest) return text;
    const known = this.cleaned.get(text);
    if (known !== undefined) return known;
    if (this.cleaned.size >= SEEN_MAX) this.cleaned.clear();
    let clean = this.inBases(this.search(text, fold(text), false), DEEPEST);
    if (this.signs) clean = this.search(clean, fold(clean, true), true);
    const read = decoded(clean);
    const tight = read.replace(GAPS, "");
    const mirrored = Array.from(read).reverse().join("");
    if (this.inBases(tight, 1, ANYWHERE) !== tight || this.search(mirrored, fold(mirrored), false, ANYWHERE) !== mirrored) clean = HOLE;
    clean = clean.replace(CUT_OFF, (word) => (this.begins(fold(word).text) ? HOLE : word));
    // One way to write a letter may be written in another one: `%26%23x61%3B`, `%2541`.
    const once = text.replace(/%(25|26|23|3b|5c)/gi, unescape);
    if (clean === text && once !== text) {
      const plain = this.clean(once);
      if (plain !== once) clean = plain;
    }
    this.cleaned.set(text, clean);
    return clean;
  }

  /** The text without runs of letters and digits that are another way to write something withheld. */
  private inBases(text: string, depth: number, least = 1): string {
    return text.replace(RUN, (run) => {
      // Words in small letters are neither.
      if (!depth || !/[A-Z\d]/.test(run)) return run;
      for (let at = 0; at < 4; at++) {
        for (const bytes of bytesOf(run, at)) {
          if (!READABLE.test(bytes)) continue;
          const inner = escape(bytes);
          if (this.inBases(this.search(inner, fold(inner), false, least), depth - 1) !== inner) return HOLE;
        }
      }
      return run;
    });
  }

  private begins(part: string): boolean {
    for (const name of this.names) if (name.startsWith(part)) return true;
    return false;
  }

  private search(text: string, folded: Folded, signs: boolean, least = 1): string {
    let clean = "";
    let done = 0;
    for (let at = 0; at < folded.text.length; ) {
      const length = this.longestAt(text, folded, at, signs);
      if (length < least) {
        at += 1;
        continue;
      }
      clean += text.slice(done, folded.from[at]).replace(SIGNS_BEFORE, "") + HOLE;
      done = folded.to[at + length - 1]!;
      done += SIGNS_AFTER.exec(text.slice(done, done + SIGNS_MAX))?.[0].length ?? 0;
      at += length;
    }
    return done ? clean + text.slice(done) : text;
  }

  private longestAt(text: string, folded: Folded, at: number, signs: boolean): number {
    let longest = 0;
    for (let head = this.shortest; head <= HEAD; head++) {
      if (at + head > folded.text.length) break;
      for (const [length, , hash, how] of this.buckets.get(this.bucketOf(folded.text, at, head)) ?? []) {
        if (length <= longest || at + length > folded.text.length || (how === How.Signs) !== signs) continue;
        if (!signs && !stands(text, folded, at, length, how)) continue;
        if (this.hashOf(folded.text.slice(at, at + length)) === hash) longest = length;
      }
    }
    return longest;
  }
}

/** What a run says in base 64, as files or as addresses have it, and in base 16, from one of its first signs on. */
function bytesOf(run: string, at: number): string[] {
  const rest = run.slice(at).replace(/-/g, "+").replace(/_/g, "/");
  const whole = rest.length % 4 === 1 ? rest.slice(0, -1) : rest;
  return [attempt(() => atob(whole), ""), unescape(run.replace(HEX, (one) => one.slice(at).replace(/../g, "%$&")))].map((bytes) => bytes.replace(/\0/g, ""));
}

/** Whether the place is one where a text of that length may be found: a word of its own, if it is short. */
function stands(text: string, { from, to }: Folded, at: number, length: number, how: How): boolean {
  const [start, end] = [from[at]!, to[at + length - 1]!];
  const spread = /[^\p{L}\p{N}%]/u.test(text.slice(start, end));
  if (length < HEAD && spread) return false;
  if (how === How.First && (end !== text.length || !(spread || CUT_CHARS.includes(end)))) return false;
  if (how === How.Amid && (!spread || length >= SPREAD)) return true;
  const inflected = how === How.Name && length >= INFLECTED_MIN - Number(/\p{Lu}/u.test(text[start]!)) && INFLECTION.test(text.slice(end, end + 3));
  const before = ESCAPED.test(text.slice(Math.max(0, start - 3), start)) ? "" : text[start - 1];
  return ends(before, text[start], text[start + 1]) && (inflected || ends(text[end - 1], text[end], text[end + 1]));
}

/** Whether a word ends between two characters: at a sign, at the capital that begins one, between letters and digits. */
function ends(before = "", after = "", next = ""): boolean {
  if (!IS_WORD.test(before) || !IS_WORD.test(after)) return true;
  return (/\p{Ll}/u.test(before + next) && /\p{Lu}/u.test(after)) || /\d/.test(before) !== /\d/.test(after);
}

const IS_WORD = /[\p{L}\p{N}]/u;
/** A sign of an address right before a place. */
const ESCAPED = /%[\da-f]{2}$/i;
/** Letters that are others with a stroke, or two in one, and what those are written as. */
const LETTERS: Record<string, string> = { ø: "o", ł: "l", đ: "d", ð: "d", æ: "ae", œ: "oe", þ: "th" };

/** What is a part of one secret may be a text of its own as well. */
const keyOf = ([, , hash, how]: Kept): string => (how > How.Signs ? hash + how : hash);

/** A text and its words, as they are compared. */
export const wholeAndWords = (text: string): string[] => [fold(text).text, ...wordsOf(text, Infinity)];

const wordsOf = (text: string, most = WORDS_MAX): string[] => (text.match(WORD) ?? []).slice(0, most).map((word) => fold(word).text);

/** The letters and digits alone, in lower case, without accents, `%41` read as it is meant; `signs`: all but blanks. */
function fold(text: string, signs = false): Folded {
  const folded: Folded = { text: "", from: [], to: [] };
  const put = (plain: string, from: number, to: number): void => {
    for (const char of plain) {
      let base = char;
      // Capitals first: they are the same for letters that have two small forms, or none of their own.
      if (char > "\x7f") base = char.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").toUpperCase().toLowerCase();
      base = LETTERS[base] ?? base;
      if (signs ? !base.trim() : !IS_WORD.test(base)) continue;
      for (const one of base.toLowerCase()) {
        folded.text += one;
        for (let unit = 0; unit < one.length; unit++) folded.from.push(from) && folded.to.push(to);
      }
    }
  };
  let at = 0;
  const copyUpTo = (end: number): void => {
    while (at < end) {
      const char = String.fromCodePoint(text.codePointAt(at)!);
      put(char, at, at + char.length);
      at += char.length;
    }
  };
  for (const { 0: code, 1: unit, 2: decimal, 3: hex, 4: letter, index } of text.matchAll(ENCODED)) {
    copyUpTo(index!);
    const number = decimal ? Number(decimal) : parseInt(unit ?? hex ?? "", 16);
    const plain = letter ?? (number >= 0 ? String.fromCodePoint(number) : attempt(() => decodeURIComponent(code), unescape(code)));
    at = index! + code.length;
    put(plain, index!, at);
  }
  copyUpTo(text.length);
  return folded;
}
