// What the syntax of the language looks up by itself: iterators, and `toJSON` of what is printed.

/** `of?.work(...)`. */
function $may(of, work, a, b, c) {
  return of === null || of === undefined ? undefined : work(of, a, b, c);
}

const $test = (of, text) => $exec(of, text) !== null;

const $catch = (of, work) => $then(of, undefined, work);

const $finally = (of, work) => $then(of, (value) => (work(), value), (error) => { work(); throw error; });

const $iterator = Symbol.iterator;

/** What `for of` and spread can walk as the browser would, whatever the page has put in the place of its iterators. */
function $each(list) {
  const own = list[$iterator];
  if (own === $walkArray || own === $walkMap || own === $walkSet) return list;
  if (list instanceof $Map || list instanceof $Set) {
    const all = [];
    $forEach(list, list instanceof $Map ? (value, key) => (all[all.length] = [key, value]) : (value) => (all[all.length] = value));
    return $byIndex(all);
  }
  return typeof list === "object" && typeof list.length === "number" ? $byIndex(list) : list;
}

function $byIndex(list) {
  let index = 0;
  const next = () => (index < list.length ? { done: false, value: list[index++] } : { done: true, value: undefined });
  return { [$iterator]: () => ({ next }) };
}

/** `new Set(list)` and the like, which would call the page's `add`. */
function $filled(into, list) {
  const pairs = into instanceof $Map || into instanceof $WeakMap;
  for (const one of $each(list)) pairs ? $set(into, one[0], one[1]) : $add(into, one);
  return into;
}

/** As JSON.stringify, for plain objects: what a page calls `toJSON` is not asked. */
function $JSON_stringify(value) {
  if (value === null || typeof value !== "object" || ([].toJSON === undefined && {}.toJSON === undefined)) return $JSON_print(value);
  let text = "";
  if ($Array_isArray(value)) {
    for (let i = 0; i < value.length; i++) text += (i ? "," : "") + ($JSON_stringify(value[i]) ?? "null");
    return `[${text}]`;
  }
  const keys = $Object_keys(value);
  for (let i = 0; i < keys.length; i++) {
    const printed = $JSON_stringify(value[keys[i]]);
    if (printed !== undefined) text += `${text && ","}${$JSON_print(keys[i])}:${printed}`;
  }
  return `{${text}}`;
}

/** Reads names in capitals, as they are in HTML, in documents of XML too. */
function $inCapitals(read) {
  if (document.contentType === "text/html") return read;
  return (of) => {
    const name = read(of);
    return $namespaceURI(of) === "http://www.w3.org/1999/xhtml" ? $toUpperCase(name) : name;
  };
}
