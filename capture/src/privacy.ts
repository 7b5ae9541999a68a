// What never leaves the page: secrets by the kind of field, masked regions, and each secret's value wherever it shows.
import type { Config } from "./config";
import { closest } from "./dom";
import { attempt } from "./native";
import { Store } from "./store";
import type { Secret } from "./wire";

const OTP = /(^|[^a-z])(otp|totp|one.?time|2fa|mfa|verification.?code|auth.?code|sms.?code)([^a-z]|$)/i;
const CARD = /(card.?number|cardnumber|cc.?num|credit.?card|cvc|cvv|security.?code|iban)/i;
/** A placeholder that lists what could be typed says nothing of what is. */
const EXAMPLES = /^(e\.?g\b|for example|such as)|,.*,/i;
const PASSWORD = /(passw|passphrase|passcode|pwd|secret|api.?key|access.?token)/i;
/** What stands between blanks, quotes and brackets; and the parts of an address. */
const WORD = /[^\s"'<>()[\]{},;]+/g;
const PART = /[^\s"'<>()[\]{},;=&?/#]+/g;
const HIDDEN_TEXT = "•••";
const SHORTEST_REDACTED = 2;
/** Shorter secrets are only taken out where they stand alone. */
const SHORTEST_PART = 4;

interface KnownSecret {
  length: number;
  hash: string;
  kind: Secret;
}

/** 53-bit string hash (cyrb53). */
export function hash53(text: string, seed: number): string {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

export class Privacy {
  private readonly wasPassword = new WeakSet<Element>();
  private readonly typed = new Map<string, Secret>();
  private readonly known: KnownSecret[];

  constructor(
    private readonly config: Config,
    private readonly salt: string,
    private readonly session: Store,
  ) {
    this.known = session.json<KnownSecret[]>("secrets") ?? [];
  }

  /** Whether texts of the element are withheld; `values` asks about what is typed into it as well. */
  masked(element: Element, values = false): boolean {
    if (this.config.mask === "all" || closest(element, "[data-mask=all]")) return true;
    const region = closest(element, "[data-mask]");
    if (region && region.getAttribute("data-mask") !== "false") return true;
    return values && this.config.mask === "fields";
  }

  get masksAll(): boolean {
    return this.config.mask === "all" || document.documentElement?.dataset.mask === "all" || document.body?.dataset.mask === "all";
  }

  /** What kind of secret the field takes, if any. */
  kindOf(field: Element, value = ""): Secret | undefined {
    const type = (field.getAttribute("type") ?? "").toLowerCase();
    if (type === "password") this.wasPassword.add(field);
    const complete = (field.getAttribute("autocomplete") ?? "").toLowerCase();
    if (this.wasPassword.has(field) || /password/.test(complete)) return "password";
    if (/one-time-code/.test(complete)) return "otp";
    if (/(^|\s)cc-/.test(complete)) return "card";
    if (this.masked(field, true)) return "masked";
    const told = ["name", "id", "aria-label", "placeholder"].map((name) => field.getAttribute(name) ?? "");
    if (EXAMPLES.test(told[3]!)) told.pop();
    const words = told.join(" ");
    const free = field.nodeName === "INPUT" && /^(|text|tel|number)$/.test(type);
    if (free && OTP.test(words)) return "otp";
    if (free && CARD.test(words)) return "card";
    if (free && PASSWORD.test(words)) return "password";
    if (looksLikeCard(value)) return "card";
    return this.typed.get(value);
  }

  /** Keeps a secret's hash, so that its value is taken out of all that is sent from now on; gives its token. */
  remember(value: string, kind: Secret): string {
    const token = this.token(value);
    if (value.length < SHORTEST_REDACTED || kind === "masked") return token;
    this.typed.set(value, kind);
    const hash = hash53(this.salt + value, 1);
    if (!this.known.some((one) => one.hash === hash)) {
      this.known.push({ length: value.length, hash, kind });
      if (this.known.length > 20) this.known.shift();
      this.session.write("secrets", JSON.stringify(this.known));
    }
    return token;
  }

  /** Tells equal secrets of one session apart from others; says nothing without the salt, which is never sent. */
  token(value: string): string {
    return hash53(`${this.salt}/${value}/${this.salt}`, 7).slice(0, 8);
  }

  /** The text without any known secret: those of this page by value, those of earlier pages by word. */
  redact(text: string): string {
    let clean = text;
    for (const value of this.typed.keys()) {
      if (value.length >= SHORTEST_PART && clean.includes(value)) clean = clean.split(value).join(HIDDEN_TEXT);
    }
    if (!this.known.length) return clean;
    return clean.replace(WORD, (word) => this.withoutSecret(word)).replace(PART, (part) => this.withoutSecret(part));
  }

  /** Whether a known secret stands in the text. */
  hides(text: string): boolean {
    return this.redact(text) !== text;
  }

  private withoutSecret(word: string): string {
    const plain = word.includes("%") ? attempt(() => decodeURIComponent(word), word) : word;
    for (const { length, hash } of this.known) {
      if (length > plain.length || length < plain.length - (length < SHORTEST_PART ? 0 : 2)) continue;
      for (let at = 0; at + length <= plain.length; at++) {
        if (hash53(this.salt + plain.slice(at, at + length), 1) !== hash) continue;
        return plain.slice(0, at) + HIDDEN_TEXT + plain.slice(at + length);
      }
    }
    return word;
  }

  /** An event's JSON text without any known secret. Ids and such have no secret in them, so all strings are treated. */
  redactJson(json: string): string {
    if (!this.known.length && !this.typed.size) return json;
    return JSON.stringify(this.redactAll(JSON.parse(json)));
  }

  private redactAll(value: unknown): unknown {
    if (typeof value === "string") return this.redact(value);
    if (Array.isArray(value)) return value.map((one) => this.redactAll(one));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, KEPT.has(key) ? one : this.redactAll(one)]));
  }
}

const KEPT = new Set(["id", "journey_id", "session_id", "tab_id", "cause", "token", "kind", "by", "change", "source", "app", "tag", "role", "attribute"]);

/** 13 to 19 digits with a right check digit (Luhn). */
function looksLikeCard(value: string): boolean {
  const digits = value.replace(/[\s-]/g, "");
  if (!/^\d{13,19}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    if (i % 2) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

/** An address without the values in its query and fragment, for regions where no free text may be sent. */
export function bareUrl(url: string): string {
  const [head = "", fragment] = url.split("#", 2);
  const [path = "", query] = head.split("?", 2);
  const keys = query === undefined ? "" : "?" + query.replace(/=[^&]*/g, "=");
  return path + keys + (fragment === undefined ? "" : "#");
}
