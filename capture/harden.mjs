// Makes a bundle independent of what a page does to the browser's functions: each call of one becomes a call of what
// src/clean.js took from a clean place. What is called must be known here by its name, or be a method of our own.
import { parse } from "acorn";
import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";

const words = (text) => text.trim().split(/\s+/);

/** Methods by the kind of object that has them, each kind after those that are asked before it. */
const METHODS = {
  String: "charCodeAt codePointAt endsWith normalize includes indexOf lastIndexOf matchAll match padStart padEnd repeat replace replaceAll slice split startsWith substring toLowerCase toUpperCase trim trimEnd trimStart",
  Number: "toString toFixed",
  Array: "concat every filter find findIndex findLast flat flatMap forEach includes indexOf join lastIndexOf map pop push reduce reverse shift slice some sort splice unshift entries keys values",
  Map: "clear delete entries forEach get has keys set values",
  Set: "add clear delete forEach has values",
  WeakMap: "delete get has set",
  WeakSet: "add delete has",
  Promise: "then",
  Element: "attachShadow getAnimations checkVisibility closest getAttribute getAttributeNames getClientRects getElementsByTagName hasAttribute matches querySelector querySelectorAll setAttribute",
  Document: "caretRangeFromPoint createElement createElementNS createRange createTextNode createTreeWalker elementFromPoint elementsFromPoint getElementById getElementsByTagName querySelector querySelectorAll hasFocus",
  DocumentFragment: "querySelector querySelectorAll getElementById",
  ShadowRoot: "elementFromPoint elementsFromPoint",
  Node: "appendChild contains compareDocumentPosition getRootNode",
  HTMLSlotElement: "assignedElements assignedNodes",
  DOMTokenList: "contains",
  NodeList: "forEach item",
  TreeWalker: "nextNode",
  RegExp: "exec test",
  Function: "apply bind call",
  EventTarget: "addEventListener removeEventListener dispatchEvent",
  Event: "composedPath preventDefault",
  MutationObserver: "disconnect observe takeRecords",
  BroadcastChannel: "close postMessage",
  Storage: "getItem key removeItem setItem",
  Crypto: "getRandomValues randomUUID",
  Performance: "getEntriesByType",
  Navigator: "sendBeacon",
  Range: "cloneRange collapse getBoundingClientRect selectNode selectNodeContents setEnd setStart",
  Selection: "getRangeAt",
  DataTransfer: "getData",
  Headers: "get",
  URLSearchParams: "append forEach get toString",
  Date: "getTime toISOString",
  AnimationEffect: "getComputedTiming",
  KeyframeEffect: "getKeyframes",
  KeyboardEvent: "getModifierState",
};
METHODS.Element += " getBoundingClientRect";

/** How the kinds are told apart that share the name of a method. */
const IS = {
  String: 'typeof of === "string"',
  Number: 'typeof of === "number"',
  Array: "$Array_isArray(of)",
  Element: "$nodeType(of) === 1",
  Document: "$nodeType(of) === 9",
  ShadowRoot: "$nodeType(of) === 11",
  DocumentFragment: "$nodeType(of) === 11",
  Node: "$nodeType(of) > 0",
  ...Object.fromEntries(words("Map Set WeakMap WeakSet Promise URLSearchParams").map((kind) => [kind, `of instanceof $${kind}`])),
};
/** Methods that tell an argument that is undefined from none. */
const COUNTS_ARGUMENTS = words("lastIndexOf splice push unshift concat");

/** Read by the browser's own getters: fields of a form hide those of the form, and a page may replace them. */
const GETTERS = {
  Node: "nodeType nodeName nodeValue parentNode parentElement firstChild lastChild nextSibling previousSibling ownerDocument isConnected textContent",
  Element: "localName namespaceURI tagName shadowRoot classList nextElementSibling previousElementSibling children firstElementChild childElementCount",
};
const CAPITALS = new Set(words("nodeName tagName"));
const KINDS = words("Map Set WeakMap WeakSet Promise URL URLSearchParams MutationObserver BroadcastChannel Uint8Array Proxy Error EventTarget Event Date");
const OWN = {
  Object: "assign create defineProperty entries freeze fromEntries getOwnPropertyDescriptor getPrototypeOf is keys values",
  Array: "from isArray of",
  Math: "abs ceil floor hypot imul max min random round sign sqrt trunc",
  Number: "isFinite isInteger isNaN",
  String: "fromCharCode fromCodePoint",
  JSON: "parse stringify",
  Reflect: "apply construct",
  Date: "now",
  Symbol: "for",
  CSS: "escape",
  console: "warn",
};
/** Functions of the window, called with it. */
const OF_WINDOW = words("atob setTimeout clearTimeout fetch getComputedStyle getSelection requestIdleCallback cancelIdleCallback queueMicrotask requestAnimationFrame");
const PLAIN = words("parseInt parseFloat isNaN isFinite decodeURIComponent encodeURIComponent decodeURI String Number Boolean Symbol");

const ownersOf = (table) => {
  const found = new Map();
  for (const [owner, names] of Object.entries(table)) for (const name of words(names)) found.set(name, [...(found.get(name) ?? []), owner]);
  return found;
};
const METHOD_OWNERS = ownersOf(METHODS);
const GETTER_OWNERS = ownersOf(GETTERS);
/** What the browser itself makes of other methods that a page may have replaced: src/calls.js makes them of ours. */
const BUILT = new Set(words("catch finally test"));
const ITERATED = new Set(words("Map Set WeakMap WeakSet"));

/** Every node with the one around it, outer ones first. */
function walk(node, visit, parent = null) {
  if (!node || typeof node !== "object") return;
  if (Array.isArray(node)) return node.forEach((one) => walk(one, visit, parent));
  if (typeof node.type !== "string") return;
  visit(node, parent);
  for (const [key, value] of Object.entries(node)) if (key !== "type") walk(value, visit, node);
}

const bare = (node) => (node.type === "ParenthesizedExpression" ? bare(node.expression) : node);
const nameOf = (member) => (member.type === "MemberExpression" && !member.computed && member.property.type === "Identifier" ? member.property.name : null);

/** The names of our own methods, and of functions that we keep in fields. */
export function ownNames(tree) {
  const [methods, fields] = [new Set(), new Set()];
  walk(tree, (node) => {
    if (node.type === "MethodDefinition" && node.key.name) methods.add(node.key.name);
    if (node.type === "Property" && !node.computed && node.key.name && node.type === "Property") (/Function/.test(bare(node.value).type) ? methods : fields).add(node.key.name);
    if (node.type === "AssignmentExpression" && bare(node.left).object?.type === "ThisExpression") fields.add(bare(node.left).property.name);
  });
  return { methods, fields };
}

/** The bundle (as plain as esbuild prints it) with clean.js before it. */
export async function harden(code, here) {
  const tree = parse(code, { ecmaVersion: 2022, preserveParens: true });
  const { methods, fields } = ownNames(tree);
  const used = { method: new Set(), getter: new Set(), own: new Set(), kind: new Set(["Promise"]), window: new Set(), plain: new Set(), counts: new Map() };
  const edits = [];
  const faults = [];
  const put = (at, text) => edits.push({ start: at, end: at, text });
  const replace = (start, end, text) => edits.push({ start, end, text });
  const at = (node) => `…${code.slice(node.start, Math.min(node.end, node.start + 80)).replace(/\s+/g, " ")}…`;

  /** Whether what a native is asked of may be missing: it stands after a `?.`. */
  const mayMiss = new Set();

  const asCall = (node, name, from) => {
    const first = node.arguments[0];
    const missing = mayMiss.has(node);
    put(node.start, missing ? "$may(" : `$${name}(`);
    replace(from, first ? first.start : node.end, (missing ? `, $${name}` : "") + (first ? ", " : ")"));
  };
  const methodCall = (node, callee, name) => {
    const object = bare(callee.object);
    if (object.type === "Super") return;
    if (object.type === "Identifier" && OWN[object.name]) {
      if (!words(OWN[object.name]).includes(name)) return faults.push(`${object.name}.${name} is not in OWN: ${at(node)}`);
      // These walk what they are given.
      if (name === "from" || name === "fromEntries") eachOf(node.arguments[0]);
      used.own.add(`${object.name}.${name}`);
      return replace(callee.start, callee.end, `$${object.name}_${name}`);
    }
    if (isNative(name) && methods.has(name)) return faults.push(`${name}() is the browser's and one of ours, which needs another name: ${at(node)}`);
    const count = node.arguments.some((one) => one.type === "SpreadElement") ? Infinity : node.arguments.length;
    used.counts.set(name, Math.max(count, used.counts.get(name) ?? 0));
    if (BUILT.has(name)) used.method.add(name === "test" ? "exec" : "then");
    else if (METHOD_OWNERS.has(name)) used.method.add(name);
    else if (OF_WINDOW.includes(name)) used.window.add(name);
    else if (methods.has(name) || fields.has(name)) return;
    else return faults.push(`${name}() is neither ours nor in METHODS: ${at(node)}`);
    asCall(node, name, callee.object.end);
  };

  const isNative = (name) => METHOD_OWNERS.has(name) || BUILT.has(name) || OF_WINDOW.includes(name);

  /** A chain with `?.` whose links become calls: each of them, and the plain link after one, looks for itself what is missing. */
  const unchain = (chain) => {
    const links = [];
    for (let at = chain.expression; /^(Member|Call)Expression$/.test(at.type); at = at.object ?? at.callee) links.unshift(at);
    let [missing, outside] = [false, false];
    for (const link of links) {
      missing ||= link.optional;
      const call = link.type === "CallExpression";
      const name = nameOf(call ? bare(link.callee) : link);
      const method = isNative(name) && !methods.has(name);
      if (!call && method && links[links.indexOf(link) + 1]?.type === "CallExpression") continue;
      if (call ? method : GETTER_OWNERS.has(name)) {
        if (missing) mayMiss.add(link);
        outside ||= missing;
      } else if (outside && !link.optional && !call) {
        const dot = link.computed ? code.indexOf("[", link.object.end) : code.indexOf(".", link.object.end);
        if (link.computed) put(dot, "?.");
        else replace(dot, dot + 1, "?.");
        outside = false;
      } else if (link.optional) outside = false;
    }
  };

  walk(tree, (node, parent) => {
    if (node.type === "ChainExpression") unchain(node);
    if (node.type === "CallExpression") {
      const callee = bare(node.callee);
      const name = nameOf(callee);
      if (name) methodCall(node, callee, name);
      else if (callee.type === "Identifier" && OF_WINDOW.includes(callee.name)) {
        used.window.add(callee.name);
        replace(callee.start, node.arguments[0]?.start ?? node.end, node.arguments[0] ? `$${callee.name}(window, ` : `$${callee.name}(window)`);
      }
    }
    const called = parent?.type === "CallExpression" && bare(parent.callee) === node;
    const written = (/^(Assignment|Update)/.test(parent?.type ?? "") && (parent.left === node || parent.argument === node)) || (parent?.type === "UnaryExpression" && parent.operator === "delete");
    const read = nameOf(node);
    if (read && !called && !written && GETTER_OWNERS.has(read)) {
      if (methods.has(read) && node.object.type === "ThisExpression") faults.push(`${read} is the browser's and one of ours, which needs another name: ${at(node)}`);
      used.getter.add(read);
      put(node.start, mayMiss.has(node) ? "$may(" : `$${read}(`);
      replace(node.object.end, node.end, mayMiss.has(node) ? `, $${read})` : ")");
    }
    if (node.type === "Identifier" && (KINDS.includes(node.name) || PLAIN.includes(node.name))) {
      const key = (parent.type === "MemberExpression" && parent.property === node && !parent.computed) || (/^(Property|MethodDefinition)/.test(parent.type) && parent.key === node && !parent.computed);
      const holder = parent.type === "MemberExpression" && parent.object === node;
      if (key || holder) return;
      used[KINDS.includes(node.name) ? "kind" : "plain"].add(node.name);
      const filled = parent.type === "NewExpression" && ITERATED.has(node.name) ? parent.arguments[0] : null;
      replace(filled ? parent.start : node.start, filled ? filled.start : node.end, filled ? `$filled(new $${node.name}(), ` : `$${node.name}`);
    }
    if (node.type === "ForOfStatement") eachOf(node.right);
    if (node.type === "SpreadElement" && parent.type !== "ObjectExpression") eachOf(node.argument);
    if (node.type === "Property" && parent.type === "ObjectPattern" && GETTER_OWNERS.has(node.key.name)) {
      faults.push(`${node.key.name} of an element is read with a dot, as a form may have a field of that name: ${at(parent)}`);
    }
    if (node.type === "ArrayPattern") byIndex(node, parent);
  });

  function eachOf(node) {
    put(node.start, "$each(");
    edits.push({ start: node.end, end: node.end, text: ")", after: true });
  }

  /** `[a, b] = list` as `{0: a, 1: b} = list`: by the indices, not by the list's iterator. */
  function byIndex(node, parent) {
    replace(node.start, node.start + 1, "{");
    let index = 0;
    let from = node.start + 1;
    for (const one of node.elements) {
      if (one?.type === "RestElement") faults.push(`a rest in a pattern of an array: ${at(node)}`);
      const comma = code.indexOf(",", one ? one.end : from);
      if (one) put(one.start, `${index}: `);
      else replace(from, comma + 1, "");
      from = comma + 1;
      index += 1;
    }
    replace(node.end - 1, node.end, "}");
    if (parent.type !== "AssignmentExpression") return;
    put(parent.start, "(");
    edits.push({ start: parent.end, end: parent.end, text: ")", after: true });
  }

  if (faults.length) throw new Error(`the bundle calls what harden.mjs doesn't know:\n  ${[...new Set(faults)].join("\n  ")}`);
  const prelude = await readFile(join(here, "src", "clean.js"), "utf8");
  const calls = await readFile(join(here, "src", "calls.js"), "utf8");
  const { asked, names, lines } = taken(used);
  // As parameters they are named in a word each.
  const text = `(() => {\n${prelude}\n$withNatives(${asked}, (${names}) => {\n${lines}\n${calls}\n${apply(code, edits)}\n});\n})();\n`;
  return { text, ours: await onlyOurs(tree, here) };
}

/** What ivya's functions hand each other. */
const OF_IVYA = "visitedElements embeddedInTargetElement embeddedInLabelledBy embeddedInLabel embeddedInDescribedBy embeddedInNativeTextAlternative";

/** What pages say to us, other tabs hear, and web storage keeps: the next document may have another build. */
const SHARED = words("Hub Injected Kept Handoff Handover Carried Saved Action Message");

/** Members of our classes whose names mean nothing outside: neither to the browser, nor on the wire, nor in a text. */
async function onlyOurs(tree, here) {
  const members = new Set();
  const outside = new Set();
  const seen = new Set();
  walk(tree, (node) => {
    if (node.type === "MethodDefinition" && node.key.name) members.add(node.key.name);
    if (node.type === "AssignmentExpression" && bare(node.left).object?.type === "ThisExpression") members.add(bare(node.left).property.name);
    if (node.type === "Literal" && typeof node.value === "string") for (const word of node.value.split(" ")) outside.add(word);
  });
  for (const file of await filesBelow(join(here, "src"), /^(?!wire|ivya).*\.ts$/)) {
    for (const [, type, body] of (await readFile(file, "utf8")).matchAll(/^(?:export )?interface (\w+) \{\n([^]*?)^\}/gm)) {
      seen.add(type);
      const into = SHARED.includes(type) ? outside : members;
      for (const [, name] of body.matchAll(/^  (\w+)\??[:(]/gm)) into.add(name);
    }
  }
  for (const name of words(OF_IVYA)) members.add(name);
  const missing = SHARED.filter((type) => !seen.has(type));
  if (missing.length) throw new Error(`no interface ${missing.join(", ")} is left: correct SHARED`);
  const lib = join(here, "node_modules", "@typescript");
  for (const file of await filesBelow(lib, /^lib\.(es\w+|dom.*)\.d\.ts$|^lib\.es.*\.d\.ts$/)) {
    for (const [, name] of (await readFile(file, "utf8")).matchAll(/^\s+(?:readonly |get |set )*"?(\w+)"?\??[:(<]/gm)) outside.add(name);
  }
  const wire = (await readFile(join(here, "src", "wire.ts"), "utf8")).replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
  for (const [word] of wire.matchAll(/\w+/g)) outside.add(word);
  return [...members].filter((name) => name !== "constructor" && !outside.has(name));
}

async function filesBelow(folder, like) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => like.test(basename(name))).map((name) => join(folder, name));
}

/** The text with its edits; at one place those of outer nodes stand first before it, and last after it. */
function apply(code, edits) {
  const starts = edits.filter((one) => !one.after).map((one, order) => ({ ...one, order }));
  const ends = edits.filter((one) => one.after).map((one, order) => ({ ...one, order: -order, first: true }));
  const all = [...ends, ...starts].sort((a, b) => a.start - b.start || Number(b.first ?? 0) - Number(a.first ?? 0) || (a.end === a.start ? 0 : 1) - (b.end === b.start ? 0 : 1) || a.order - b.order);
  let out = "";
  let at = 0;
  for (const { start, end, text } of all) {
    if (start < at) throw new Error(`two edits at ${code.slice(start - 40, end + 20)}`);
    out += code.slice(at, start) + text;
    at = end;
  }
  return out + code.slice(at);
}

/** Every native that is used: what to ask for, the names that they get in that order, and what is made of them. */
function taken(used) {
  const lines = [];
  const wanted = new Map();
  /** Asks for a native by the name that it gets; gives the name of the same one where it was asked for before. */
  const want = (how, owner, name, as) => {
    const key = `${how} ${owner} ${name}`;
    if (!wanted.has(key)) wanted.set(key, { how, owner, name, as });
    else if (wanted.get(key).as !== as) lines.push(`const ${as} = ${wanted.get(key).as}`);
    return as;
  };
  for (const name of ["isArray"]) used.own.add(`Array.${name}`);
  used.own.add("Object.keys").add("JSON.stringify");
  for (const name of words("nodeType namespaceURI")) used.getter.add(name);
  for (const [name, count] of [["set", 2], ["add", 1], ["forEach", 1], ["toUpperCase", 0], ["then", 2]]) {
    used.method.add(name);
    used.counts.set(name, Math.max(count, used.counts.get(name) ?? 0));
  }
  for (const kind of [...ITERATED, "URLSearchParams"]) used.kind.add(kind);
  // src/clean.js needs these three first.
  want("own", "Reflect", "apply", "$applied");
  want("plain", "Function", "bind", "$bound");
  want("plain", "Function", "call", "$called");
  for (const kind of used.kind) {
    if (kind === "Promise") lines.push(`const $Promise = $promiseOf(${want("global", "", kind, "$named_Promise")})`);
    else want("global", "", kind, `$${kind}`);
  }
  for (const name of used.plain) want("global", "", name, `$${name}`);
  for (const name of used.window) want("window", "", name, `$${name}`);
  for (const both of used.own) {
    const [owner, name] = both.split(".");
    want("own", owner, name, `$${owner}_${name === "stringify" ? "print" : name}`);
  }
  // Each has a function of its own: what the engine learns of one getter is of no use for another.
  for (const name of used.getter) {
    const get = want("reader", GETTER_OWNERS.get(name)[0], name, `$get_${name}`);
    const reader = `(of) => { try { return ${get}(of) } catch { return of.${name} } }`;
    lines.push(`const $${name} = ${CAPITALS.has(name) ? `$inCapitals(${reader})` : reader}`);
  }
  for (const name of [...used.method].sort((a, b) => METHOD_OWNERS.get(a)[0].localeCompare(METHOD_OWNERS.get(b)[0]))) {
    const owners = METHOD_OWNERS.get(name);
    if (owners.length === 1 && owners[0] !== "Promise") want("method", owners[0], name, `$${name}`);
    else {
      const count = COUNTS_ARGUMENTS.includes(name) ? Infinity : (used.counts.get(name) ?? 3);
      const given = count === Infinity ? ", ...args" : ["a", "b", "c", "d"].slice(0, count).map((one) => `, ${one}`).join("");
      const call = (owner) => `${want("method", owner, name, `$${name}_of${owner}`)}(of${given})`;
      // The method of the first kind that the receiver is of; else what it has itself.
      const kinds = owners.filter((owner) => IS[owner]).map((owner) => `${IS[owner]} ? ${call(owner)} : `);
      const rest = owners.filter((owner) => !IS[owner]);
      const last = rest.length === 1 && kinds.length ? call(rest[0]) : `of.${name}(${given.slice(2)})`;
      lines.push(`const $${name} = (of${given}) => ${kinds.join("")}${last}`);
    }
  }
  for (const [owner, name] of [["Array", "values"], ["Map", "entries"], ["Set", "values"]]) want("plain", owner, name, `$walk${owner}`);
  // What is asked of one kind of object stands together.
  const asked = new Map();
  for (const one of wanted.values()) asked.set(`${one.how} ${one.owner}`, [...(asked.get(`${one.how} ${one.owner}`) ?? []), one]);
  const kinds = [...asked].map(([kind, all]) => `${kind.replace(/^(\w)\w*/, "$1")} ${all.map((one) => one.name).join(" ")}|`).join("");
  const names = [...asked.values()].flat().map((one) => one.as);
  return { asked: JSON.stringify(kinds), names: names.join(", "), lines: `${lines.join(";\n")};` };
}
