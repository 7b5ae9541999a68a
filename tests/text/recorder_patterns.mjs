// Reads units of text from standard input, tries them on every regular expression of the recorder and the dashboard (or on
// those given as arguments), and writes how many patterns there are and which cost more than in proportion to the text's
// length.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "../../capture/node_modules/acorn/dist/acorn.mjs";
import { patterns as secretPatterns } from "../../capture/secret-words.mjs";
import { transformSync } from "../../capture/node_modules/esbuild/lib/main.js";

const ROOT = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
const SOURCES = ["capture/src", "dashboard/src"];
/** As much as a field's value may have. */
const CHARS = 10_000;
const NOTHING_MS = 3;
const GROWTH_MAX = 3.2;
const TRIES = 5;

/** The patterns of a file: as they are written, and those that are put together of the file's own texts. */
function patternsOf(path) {
  const { code } = transformSync(readFileSync(path, "utf8"), { loader: path.endsWith("x") ? "tsx" : "ts", jsx: "transform" });
  const [texts, found] = [{}, []];
  const written = ({ start, end }) => code.slice(start, end);
  /** What a node comes to; what is not known before the program runs counts as the text "a". */
  const value = (node, known = texts) => {
    try {
      return Function(...Object.keys(known), `return ${written(node)}`)(...Object.values(known));
    } catch (error) {
      const [, missing] = /^(\w+) is not defined$/.exec(error.message) ?? [];
      if (!missing) throw error;
      return value(node, { ...known, [missing]: "a" });
    }
  };
  const visit = (node) => {
    if (node.type === "VariableDeclarator" && node.id.name && (node.init?.type === "TemplateLiteral" || typeof node.init?.value === "string")) {
      // Those of functions are made of what is not known here.
      try { texts[node.id.name] = value(node.init); } catch {}
    }
    const constructed = node.type === "NewExpression" && node.callee.name === "RegExp";
    if (node.regex || constructed) found.push({ where: `${relative(ROOT, path)}: ${written(node).slice(0, 60)}`, pattern: value(node) });
    for (const inner of Object.values(node)) for (const one of [inner].flat()) if (one && typeof one.type === "string") visit(one);
  };
  visit(parse(code, { ecmaVersion: "latest", sourceType: "module" }));
  return found;
}

/** Texts made of what the pattern itself speaks of. */
function unitsOf({ source }) {
  const words = [...new Set(source.replace(/\\[a-zA-Z]|\(\?[a-zA-Z:=!<]*/g, " ").match(/[a-z]{2,12}|[^\w\s\\|()*+?{}^$]/g) ?? [])].slice(0, 8);
  return [...words, ...words.map((word) => `${word} `), ...words.map((word) => `${word}1`)];
}

const repeated = (unit, chars) => unit.repeat(chars / unit.length + 1).slice(0, chars) + "\x01";

function costMs(pattern, text, tries) {
  let best = Infinity;
  for (let at = 0; at < tries; at++) {
    const began = process.cpuUsage();
    pattern.global ? text.replace(pattern, "") : pattern.test(text);
    const { user, system } = process.cpuUsage(began);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function growth(pattern, unit) {
  for (let size = 40; size <= CHARS; size = size === CHARS ? CHARS + 1 : Math.min(4 * size, CHARS)) {
    if (costMs(pattern, repeated(unit, size), 1) <= NOTHING_MS) continue;
    const [small, large] = [size, 2 * size].map((one) => costMs(pattern, repeated(unit, one), TRIES));
    if (large > NOTHING_MS && large > GROWTH_MAX * small) return `${small} ms for ${size} characters, ${large} ms for twice as many`;
  }
  return "";
}

const units = JSON.parse(readFileSync(0, "utf8"));
const files = SOURCES.flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(ROOT, folder, name)))
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"));
const given = process.argv.slice(2).map((source) => ({ where: source, pattern: new RegExp(source, "g") }));
const words = (await secretPatterns()).map(([where, pattern]) => ({ where, pattern }));
const patterns = given.length ? given : [...words, ...files.flatMap(patternsOf)];
const costly = {};
for (const { where, pattern } of patterns) {
  for (const unit of new Set([...units, ...unitsOf(pattern)])) {
    const said = growth(pattern, unit);
    if (said) costly[where] = `${JSON.stringify(unit)}…: ${said}`;
    if (said) break;
  }
}
console.log(JSON.stringify({ count: patterns.length, costly }));
