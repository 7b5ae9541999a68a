// The texts of an event, told in another way.
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Ids and what our own code wrote: no text of the page's is in them. */
const KEPT = new Set("journey_id session_id tab_id opened_tab_id cause token kind by change source app tag role attribute".split(" "));

/** A letter or a few, and where such stand once for each element. */
const PIECE = /^[\p{L}\p{N}]{1,6}$/u;
const PIECES = /^(text|name|texts|after)$/;

/** The value with each text in it told in another way, but for ids and what our own code wrote. */
export function mapTexts(value: unknown, tell: (text: string, key: string) => string, key = ""): unknown {
  if (typeof value === "string") return KEPT.has(key) || ID.test(value) ? value : tell(value, key);
  if (Array.isArray(value)) {
    const told = value.map((one) => mapTexts(one, tell, key));
    // What was found by a text that is withheld isn't found by what is left of it.
    return /^(candidates|frames)$/.test(key) ? told.filter((one, at) => Array.isArray(one) || JSON.stringify(one) === JSON.stringify(value[at])) : told;
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapTexts(one, tell, name)]));
}

/** Pieces, each the text of an element of its own, that make a text that is withheld: its letters in a row of items. */
export function spelledIn(event: unknown, clean: (text: string) => string): Set<string> {
  const rows = new Map<string, string[]>();
  mapTexts(event, (text, key) => {
    if (PIECE.test(text) && PIECES.test(key)) rows.set(key, [...(rows.get(key) ?? []), text]);
    return text;
  });
  const found = new Set<string>();
  for (const row of rows.values()) {
    const left = clean(row.join(" ")).split(" ");
    if (left.length < row.length) for (const piece of row) if (!left.includes(piece)) found.add(piece);
  }
  return found;
}
