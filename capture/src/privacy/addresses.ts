// What an address may tell: no values of parameters that grant access, no tokens in its path, no user's name and password.

export const WITHHELD = "withheld";

/** Names of parameters, whatever stands before them. */
const ENDING = "token|secret|signature|passw[a-z]*|pass|passphrase|passcode|pwd|bearer|verifier|samlre(?:quest|sponse)|credentials?|(?:api|access|auth|private|secret|session|shared?|subscription|activation|license|master|signing|encryption|consumer|login|reset)[-_]?(?:key|hash)(?:id)?|[-_]sig|jwt|otp|hmac|sess(?:ion)?[-_]?id|card[-_]?number|cvc|cvv";
/** Names that say so only by themselves, or behind a word that is said with them. */
const WHOLE = "(?:verify|verification|confirm|confirmation|activation|reset|login|invite|invitation)[-_]?(?:id|hash)|(?:(?:auth|access|login|reset|verify|verification|confirm|confirmation|invite|sms|one[-_]?time|security|csrf|xsrf|oob|user|device|activation|pairing|backup|recovery|mfa|2fa)[-_]?)?(?:code|key|sig|sign|hash|auth|authorization|sid|session|pin|ticket|magic|invite|invitation|assertion|credential|nonce|sas|pw)";
const NAME = `(?:(?:[^=&#;?\\s%]|%5B){0,40}(?:${ENDING})|(?:[^=&#;?\\s%]{0,40}(?:[.[]|%5B))?(?:${WHOLE}))(?:\\[|\\]|%5B|%5D){0,3}`;
const PARAMETER = new RegExp(`([?&#;~]${NAME}=)[^&#;\\s"'<>]+`, "gi");
/** An address within an address. */
const INNER = new RegExp(`(%(?:25){0,3}(?:3F|26|23|3B)${NAME}(?:%(?:25){0,3}3D|=))(?:[^&#;\\s"'<>%]|%(?!(?:25){0,3}(?:26|23|3B)))+`, "gi");
/** A plain letter, digit or sign of a name that is written as a number all the same. */
const NEEDLESS = /%(?:2D|5F|3\d|[46][1-9A-F]|[57][0-9A])/gi;
const JWT = /eyJ[\w-]{8,4000}\.[\w-]{4,}(?:\.[\w-]*)?/g;
const USER = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^/?#@\s]*@/gi;
/** The part of a path after one of these words is what makes the address work. */
const GRANT = /(\/(?:(?:(?:re)?set|forgot|change|recover)-?password|password-?reset|(?:verify|confirm)-?e?mail|e?mail-?verification|accept-?invit\w+|(?:login|invite|magic)-?link|reset|token|verify|verification|confirm|confirmation|activate|activation|invite|invitations?|magic|recover|unlock|unsubscribe|signed|auth|sso|otp|code)\/)([^/?#\s]{6,})/gi;
const SEGMENT = /(\/)([\w~.-]{24,})(?=[/?#]|$)/g;
/** A value that grants access, whatever it is called; what is called an id may be one of a thing. */
const VALUE = /([?&#;](?:([^=&#;?\s]{1,80})=)?)([\w~.+/%-]{10,}=*)(?=[&#;]|$)/g;
const ID_NAME = /(?:id|ref|sha|commit|rev|v)$/i;

/** The text, if it is an address or holds one, without what grants access. */
export function safeAddress(text: string): string {
  if (!/[=/@]|eyJ/.test(text)) return text;
  const needless = text.replace(NEEDLESS, unescape);
  const plain = needless !== text && without(needless) !== needless ? needless : text;
  const bare = without(plain.replace(USER, "$1").replace(JWT, WITHHELD)).replace(GRANT, (all, before: string, value: string) => (/\d|[a-z][A-Z]|^.{20}/.test(value) ? before + WITHHELD : all));
  if (!/^([a-z]+:\/)?\/\S*$/i.test(bare)) return bare;
  return bare
    .replace(SEGMENT, (all, before: string, part: string) => (isDrawn(part) ? before + WITHHELD : all))
    .replace(VALUE, (all, before: string, name = "", value: string) => (isChance(value, ID_NAME.test(name)) ? before + WITHHELD : all));
}

const without = (text: string): string => text.replace(PARAMETER, `$1${WITHHELD}`).replace(INNER, `$1${WITHHELD}`);

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
