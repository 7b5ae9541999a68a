// What an address may tell: no values of parameters that grant access, no tokens in its path, no user's name and password.

export const WITHHELD = "withheld";

/** Names of parameters, whatever stands before them. */
const ENDING = "token|secret|signature|passw[a-z]*|pass|passphrase|passcode|pwd|credentials?|(?:api|access|auth|private|secret|session)[-_]?key(?:id)?|jwt|otp|hmac|sessionid|card[-_]?number|cvc|cvv";
/** Names that say so only by themselves, or behind a word that is said with them. */
const WHOLE = "(?:(?:auth|access|login|reset|verify|verification|confirm|confirmation|invite|sms|one[-_]?time|security|csrf|xsrf)[-_]?)?(?:code|key|sig|sign|auth|authorization|sid|pin|ticket|magic|invite|invitation|assertion|credential)";
const PARAMETER = new RegExp(`([?&#;](?:(?:[^=&#;?\\s]{0,40}(?:${ENDING}))|(?:[^=&#;?\\s]{0,40}[.[])?(?:${WHOLE}))(?:\\]|%5D)*=)[^&#;\\s"'<>]+`, "gi");
const JWT = /eyJ[\w-]{8,4000}\.[\w-]{4,}(?:\.[\w-]*)?/g;
const USER = /^([a-z][a-z0-9+.-]{0,20}:\/\/)[^/?#@\s]*@/i;
/** The part of a path after one of these words is what makes the address work. */
const GRANT = /(\/(?:reset|reset-?password|password-?reset|token|verify|verification|confirm|confirmation|activate|activation|invite|invitations?|magic|magic-?link|unsubscribe|signed|auth|sso|otp|code)\/)([^/?#\s]{6,})/gi;
const SEGMENT = /\/([\w~.=-]{24,})(?=[/?#]|$)/g;

/** The text, if it is an address or holds one, without what grants access. */
export function safeAddress(text: string): string {
  if (!/[=/@]|eyJ/.test(text)) return text;
  const bare = text.replace(USER, "$1").replace(JWT, WITHHELD).replace(PARAMETER, `$1${WITHHELD}`);
  if (!/^([a-z]+:\/)?\/\S*$/i.test(bare)) return bare;
  return bare
    .replace(GRANT, (all, before: string, value: string) => (/\d|[a-z][A-Z]|^.{20}/.test(value) ? before + WITHHELD : all))
    .replace(SEGMENT, (all, part: string) => (isDrawn(part) ? `/${WITHHELD}` : all));
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
