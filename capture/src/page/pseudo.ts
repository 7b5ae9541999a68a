// The words that a style sheet puts before or after an element, as they count for its accessible name.

const TOKEN = /"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|(\/)|\s+|[^]/g;
const ESCAPE = /\\(?:([0-9a-f]{1,6})\s?|([^]))/gi;

/**
 * The text of a computed `content`: its strings in a row; where it has an alternative (`"\f007" / ""`, as icon fonts
 * have it), that one alone. Empty for pictures and counters, whose words nobody can tell. ivya knows one string only.
 */
export function spokenContent(content: string): string {
  let text = "";
  for (const [token, double, single, slash] of content.matchAll(TOKEN)) {
    const quoted = double ?? single;
    if (slash) text = "";
    else if (quoted !== undefined) text += unescaped(quoted);
    else if (token.trim()) return "";
  }
  return text;
}

function unescaped(text: string): string {
  return text.replace(ESCAPE, (_, code: string | undefined, one: string | undefined) => (code ? String.fromCodePoint(parseInt(code, 16) || 0xfffd) : one ?? ""));
}
