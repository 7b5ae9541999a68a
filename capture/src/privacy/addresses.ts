// What an address may tell: no values of parameters that grant access, no tokens in its path, no user's name and password.

import { kindByWords } from "./secretfields";

export const WITHHELD = "withheld";

/** Names that grant access, beside those of fields for secrets: whatever stands before them, and by themselves alone. */
const GRANTS = /(?:(?:token|signature|(?<!com|by|tres|sur|over|under)pass|verifier|saml\w{1,8}|credential|assertion|[-_]sig|jwt|otp|hmac|sess(?:ion)?[-_]?id|cv[cv])s?\d?|(?:^|[.[]|%5B)(?:verif|confirm|activat|reset|login|invit)[\w-]{0,9}(?:id|hash)|(?:^|[.[]|%5B|(?:api|access|auth|private|session|shar(?:ed?|ing)|subscription|activation|license|master|signing|encryption|consumer|login|reset|resource|(?:verif|confirm)[a-z]{0,8}|invite|sms|security|[cx]srf|oob|user|device|pairing|backup|recovery|mfa|2fa)[-_]?)(?:code|key|sig|sign|hash|auth|authorization|sid|session|pin|ticket|magic|invit\w{1,5}|nonce|sas|pw)(?:id)?)(?:[[\]]|%5[BD]){0,3}$/i;
const PARAMETER = /([?&#;~]([^=&#;?\s]{1,60})=)[^&#;\s"'<>]+/g;
/** An address, or data, within an address. */
const INNER = /((?:"|%(?:25){0,3}(?:3F|26|2[23]|3B))((?:[^=&#;?\s%":]|%5[BD]){1,60})(?:["=:\s+]|%(?:25){0,3}(?:3[AD]|2[02]))+)(?:(?!%(?:25){0,3}(?:2[236]|3B))[^&#;\s"'<>])+/gi;
/** A plain letter, digit or sign of a name that is written as a number all the same. */
const NEEDLESS = /%(?:2D|5F|3\d|[46][1-9A-F]|[57][0-9A])/gi;
const JWT = /eyJ[\w-]{8,4000}\.[\w-]{4,}(?:\.[\w-]*)?/g;
const USER = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^/?#@\s]*@/gi;
/** The part of a path after one of these words, and after whom it is for, is what makes the address work. */
const GRANT = /(?<=\2(?:(?:[\w-]{0,20}-)?(?:\w{0,9}password|token|(?:password|e?mail|accept)?(?:reset|(?:verif|confirm|activat|invit)[\w-]*)|(?:login|invite|magic)-?link)|magic|recover|unlock|unsubscribe|signed|auth|sso|otp|code)(\2[^/?#%\s]{1,12})??(\/|%(?:25){0,3}2F))[^/?#%\s]{6,}/gi;
const SEGMENT = /(\/)([\w~.-]{24,})(?=[/?#]|$)/g;
/** A value that grants access, whatever it is called; what is called an id may be one of a thing. */
const VALUE = /([?&#;](?:([^=&#;?\s]{1,80})=)?)([\w~.+/%-]{10,}=*)(?=[&#;]|$)/g;
const ID_NAME = /(?:id|ref|sha|commit|rev|v)$/i;

/** The text, if it is an address or holds one, without what grants access. */
export function safeAddress(text: string): string {
  if (!/[=/@%]|eyJ/.test(text)) return text;
  const needless = text.replace(NEEDLESS, unescape);
  const plain = needless !== text && without(needless) !== needless ? needless : text;
  const bare = without(plain.replace(USER, "$1").replace(JWT, WITHHELD)).replace(GRANT, (value, whose?: string) => ((whose ? /(\d[a-z]|[a-z]\d).{9}/i : /\d|[a-z][A-Z]|^.{20}/).test(value) ? WITHHELD : value));
  if (!/^([a-z]+:\/)?\/\S*$/i.test(bare)) return bare;
  return bare
    .replace(SEGMENT, (all, before: string, part: string) => (isDrawn(part) ? before + WITHHELD : all))
    .replace(VALUE, (all, before: string, name = "", value: string) => (isChance(value, ID_NAME.test(name)) ? before + WITHHELD : all));
}

/** What a name grants is withheld; the value of another name may hold names of its own, a few times. */
const without = (text: string, deep = 9): string =>
  [PARAMETER, INNER].reduce((left, one) => left.replace(one, (all, before: string, name: string) => before + (grants(name) || !deep ? WITHHELD : without(all.slice(before.length), deep - 1))), text);

const grants = (name: string): unknown => GRANTS.test(name) || kindByWords(name);

/** Whether letters and digits take turns in a value as they do by chance only: words and names of files have longer runs. */
function isChance(value: string, isId: boolean): boolean {
  return value.split(/[^a-zA-Z\d]+/).some((part) => {
    const runs = part.match(/[a-z]+|[A-Z]+|\d+/g) ?? [];
    const plain = !/[a-z]/.test(part) || !/[A-Z]/.test(part);
    const { length } = part;
    if (!/\d/.test(part)) return false;
    if (isId) return !plain && length >= 24 && runs.length * 3.2 > length;
    if (!plain && length >= 10 && runs.length * 1.7 > length) return true;
    return length >= (/^(?:[\da-f]+|[\dA-F]+)$/.test(part) ? 32 : 16) && runs.length * 3.2 > length;
  });
}

/** Whether a part of a path was drawn by chance, with letters beyond those of numbers in base 16: ids of things are such. */
const isDrawn = (part: string): boolean => /\d/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part) && !/[-_.][a-zA-Z]{4,}[-_.]/.test(part);

/** An address without the values in its query and without its fragment, where no free text may be told. */
export function bareUrl(url: string): string {
  const [head = "", fragment] = url.split("#", 2);
  const [path = "", query] = head.split("?", 2);
  const names = (query ?? "").split("&").filter((one) => /^[\w.[\]-]{1,40}=/.test(one)).map((one) => one.slice(0, one.indexOf("=") + 1));
  return path + (query === undefined ? "" : "?" + names.join("&")) + (fragment === undefined ? "" : "#");
}
