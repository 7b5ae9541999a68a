// Bundles src/main.ts into the one script that the web views serve as /capture.js.
import { tokenizer } from "acorn";
import { build, transform } from "esbuild";
import { readFile, readdir, writeFile, mkdir } from "node:fs/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "terser";
import { harden } from "./harden.mjs";
import { secretWords } from "./secret-words.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "agents", "web", "static", "capture.js");
const BANNER = "/* journeywright recorder; contains ivya (MIT), made of Playwright (Apache-2.0) */";
const GZIP_BYTES_MAX = 51_700;

// ivya is Playwright's own resolution of roles, names and texts as a library. Its parts for that are bundled with a
// selector engine that we don't need and that no tree shaking removes: we keep the regions that we use, by name.
const REGIONS = ["src/stringUtils.ts", "src/domUtils.ts", "src/roleUtils.ts", "src/selectorUtils.ts"];
const NAMES = [
  "beginAriaCaches", "endAriaCaches", "getAriaRole", "getAriaLevel", "getAriaChecked", "getAriaDisabled",
  "getElementAccessibleName", "isElementVisible",
  "isElementHiddenForAria", "elementText", "getElementLabels", "normalizeWhiteSpace",
];
// ivya reads `content: "x" / "y"`, by which icon fonts say what their glyph means, as one string with quotes in it.
const PSEUDO = /function getPseudoContentImpl\(pseudoStyle\) \{\n[^]*?\n\}\n/;
const SPOKEN = `function getPseudoContentImpl(style) {
\tconst text = !style || style.display == "none" || style.visibility == "hidden" ? "" : spokenContent(style.content);
\treturn text && style.display != "inline" ? \` \${text} \` : text;
}
`;
// Masked elements and what stands in fields are holes in the names and texts of the elements around (src/page/reader.ts).
const PATCHES = [
  [PSEUDO, () => SPOKEN],
  [
    "const labelledBy = getAriaLabelledByElements(element);\n\tif (!options.embeddedInLabelledBy) {",
    'const masked = holeFor(element, options.embeddedInTargetElement === "self");\n\tif (masked !== null) { options.visitedElements.add(element); return masked; }\n\t$&',
  ],
  ['if (tagName === "INPUT" || tagName === "TEXTAREA") return element.value;', 'if (tagName === "INPUT" || tagName === "TEXTAREA") return hole(element.value);'],
  ['if (!selectedOptions.length && tagName === "INPUT") return element.value;', 'if (!selectedOptions.length && tagName === "INPUT") return hole(element.value);'],
  ['return element.getAttribute("value") || "";\n', 'return hole(element.getAttribute("value"));\n'],
  ['value.full += child.nodeValue || "";', "value.full += wordsOf(child);"],
  [
    "if (!shouldSkipForTextMatching(root)) {\n\t\t\tif (root",
    "const masked = textHoleFor(root);\n\t\tif (masked !== null) value.full = masked;\n\t\telse $&",
  ],
];
/** ivya is built for older browsers than ours: `a ?? b` and `a?.b` are shorter, and take no variable. */
const SHORTER = [
  [/\((_[\w$]+) = ([^()]*(?:\([^()]*\))?)\) !== null && \1 !== void 0 \? \1 : /g, "($2) ?? "],
  [/\((_[\w$]+) = ([^()]*(?:\([^()]*\))?)\) !== null && \1 !== void 0 \|\| \(\2 = /g, "($2 ??= "],
  [/\((_[\w$]+) = ([^()]*(?:\([^()]*\))?)\) === null \|\| \1 === void 0 \? void 0 : \1\./g, "($2)?."],
  [/\b([\w.]+) === null \|\| \1 === void 0 \? void 0 : \1\./g, "$1?."],
  [/\b([\w.]+) === null \|\| \1 === void 0 \|\| \1\./g, "$1?."],
  [/\[(\s*"\w*"(?:,\s*"\w*"){2,}\s*)\]\.includes\(/g, (_, words) => `/^(${JSON.parse(`[${words}]`).join("|")})$/.test(`],
  [/\{\s*element: \w+,\s*(hidden: )/g, "{ $1"],
  [/const (kAria(?:Checked|Level)Roles) = (\[[^\]]*\]);([^]*)\b\1\.includes\(/g, (_, name, words, between) => `const ${name} = /^(${JSON.parse(words).join("|")})$/;${between}${name}.test(`],
];
/** What nobody here asks ivya for: descriptions and messages of errors, names of what is hidden, the roles that no element can have. */
const UNUSED = [
  [/^\t+embeddedInDescribedBy: void 0,\n| \|\| !!options\.embeddedInDescribedBy| \|\| !!\(\(_options\$embeddedInDe = [^)]*\) === null[^)]*\.hidden\)/gm, ""],
  [/^\tconst cache = includeHidden \? cacheAccessibleNameHidden : cacheAccessibleName;$|^\t+includeHidden,\n|^\t+[^\n]*\bcacheAccessibleNameHidden (?:!==|=)[^\n]*;$/gm, (found) => (found.startsWith("\tconst") ? "\tconst cache = cacheAccessibleName;" : "")],
  ["if (!options.includeHidden) {", "{"],
  ["function getElementAccessibleName(element, includeHidden) {", "function getElementAccessibleName(element) {"],
  [/,\s+immediate: \[[^\]]*\]/g, ""],
  [/^\t+if \(currentImmediate\) value\.immediate\.push\(currentImmediate\);\n|^\t+(?:let )?currentImmediate \+?= [^\n]*;\n/gm, ""],
  ["const isOwnLabel = [...element.labels || []].includes(element);", ""],
  ["if (!isOwnLabel && !isOwnLabelledBy)", "if (!isOwnLabelledBy)"],
  // Where the browser doesn't know it, what is in a closed box has no size.
  [/\tif \(Element\.prototype\.checkVisibility && "chromium" !== "webkit"\) \{\n\t\tif \(!element\.checkVisibility\(\)\) return false;\n\t\} else \{[^]*?\n\t\}\n/, "\tif (element.checkVisibility && !element.checkVisibility()) return false;\n"],
  // Visited is what was asked for its own text, by whatever way that is found.
  [/(\tconst tagName = elementSafeTagName\(element\);\n)(\tif \(!!options\.embeddedInLabel [^]*?\n\}\n)/, (_, head, rest) => `${head}\toptions.visitedElements.add(element);\n${rest.replace(/^\t+options\.visitedElements\.add\(element\);\n/gm, "")}`],
  // Roles that hang on the tag alone, and attributes that any element may have, each as one text.
  [/const kImplicitRoleByTagName = \{\n[^]*?\n\};\n/, (table) => {
    const plain = /^\t(\w+): \(\) => "(\w+)",?\n/gm;
    const pairs = [...table.matchAll(plain)].map(([, tag, role]) => (tag.toLowerCase() === role ? tag : `${tag}-${role}`)).join(" ");
    return `${table.replace(plain, "")}"${pairs}".replace(/(\\w+)-?(\\w*)/g, (_, tag, role) => { kImplicitRoleByTagName[tag] = () => role || tag.toLowerCase(); return ""; });\n`;
  }],
  [/const kGlobalAriaAttributes = [^]*?\nfunction hasGlobalAriaAttribute[^]*?\n\}\n/, (found) => {
    const names = [...found.matchAll(/"aria-(\w+)"/g)].map(([, name]) => name).join("|");
    const [, unnamed] = /new Set\(\[([^\]]*?)\]\)/.exec(found);
    return `const kGlobalAria = /^aria-(${names})$/;\nconst kUnnamedRoles = /^(${JSON.parse(`[${unnamed}]`).join("|")})$/;
function hasGlobalAriaAttribute(element, forRole) {
  return element.getAttributeNames().some((name) => kGlobalAria.test(name) && !(/label/.test(name) && kUnnamedRoles.test(forRole || "")) && !(/role/.test(name) && forRole === "generic"));
}
`;
  }],
  [/(visitedElements: \/\* @__PURE__ \*\/ new Set\(\),\n)(?:\t+embedded\w+: void 0,\n)+/g, "$1"],
  [/\t\tif \(element\.ownerSVGElement && tagName === "A"\) \{\n[^]*?\n\t\t\}\n/, ""],
  // Blanks are tidied where a text is asked for, not in each of all that are around it.
  [/,\n\t+normalized: (?:""|normalizeWhiteSpace\((?:root\.value|ariaLabel)\))|\t+if \(value\.full\) value\.normalized = normalizeWhiteSpace\(value\.full\);/g, ""],
  // One way for what names an element from within, and one for pictures.
  [/\t\tif \(!labelledBy && tagName === "(FIELDSET|FIGURE)"\) \{\n[^]*?\n\t\t\}\n/g, ""],
  [/(\t\tif \()tagName === "TABLE"(\) \{\n[^]*?=== )"CAPTION"([^]*?)const summary = element.getAttribute\("summary"\) \|\| "";\n\t+if \(summary\)/, '\t\tconst caption = { FIELDSET: "LEGEND", FIGURE: "FIGCAPTION", TABLE: "CAPTION" }[tagName];\n\t\tconst isTable = tagName === "TABLE";\n$1caption && (!labelledBy || isTable)$2caption$3const summary = element.getAttribute(isTable ? "summary" : "title") || "";\n\t\t\tif (summary || !isTable)'],
  [/\t\tif \(tagName === "AREA"\) \{\n[^]*?\n\t\t\}\n/, ""],
  ['\tif (tagName === "IMG") {', '\tif (tagName === "IMG" || tagName === "AREA") {'],
  [/function getAriaChecked\(element\) \{\n[^]*?\n\}\nfunction getChecked\([^]*?\n\}\n/, `function getAriaChecked(element) {
\tconst isInput = elementSafeTagName(element) === "INPUT";
\tif (isInput && /^(checkbox|radio)$/.test(element.type)) return element.checked && !element.indeterminate;
\treturn !(isInput && element.indeterminate) && kAriaCheckedRoles.includes(getAriaRole(element) || "") && element.getAttribute("aria-checked") === "true";
}
`],
  [/\tconst native = \{\n[^]*?\}\[elementSafeTagName\(element\)\];\n\tif \(native\) return native;\n/, '\tconst native = /^H([1-6])$/.exec(elementSafeTagName(element));\n\tif (native) return Number(native[1]);\n'],
  [/const kPresentationInheritanceParents = (\{[^]*?\n\});\n/, (_, table) => {
    const pairs = [...table.matchAll(/(\w+): \[([^\]]*)\]/g)].map(([, tag, parents]) => `${tag} (${JSON.parse(`[${parents}]`).join("|")})`);
    return `const kInherits = /^(${pairs.join("|")})$/;\n`;
  }],
  [/\t+const parents = kPresentationInheritanceParents[^\n]*\n(\t+)if \(!parents [^\n]*break;\n/, '$1if (!parent || !kInherits.test(elementSafeTagName(ancestor) + " " + elementSafeTagName(parent))) break;\n'],
  [/const implicitRole = \(\(_[^\n]*\n/, 'const implicitRole = kImplicitRoleByTagName[elementSafeTagName(element)]?.(element) || "";\n'],
  ["element.ownerDocument && element.ownerDocument.defaultView ? element.ownerDocument.defaultView.getComputedStyle(element, pseudo) : void 0", "element.ownerDocument?.defaultView?.getComputedStyle(element, pseudo)"],
  // Whoever asks for a name tidies its blanks.
  [/\basFlatString\((getTextAlternativeInternal\(element, \{[^]*?\n\t\t\}\))\);/, "$1;"],
  [/^function (?:asFlatString|belongsToDisabledFieldSet)\(.*\) \{\n[^]*?\n\}\n/gm, ""],
  [/(function isNativelyDisabled\(element\) \{\n)[^]*?\n\}\n/, '$1\treturn element.matches(":disabled:not(fieldset)");\n}\n'],
  [/\t"(?:composite|input|select)",\n(?=[^\]]*\];\nfunction getAriaDisabled)/g, ""],
  [/\belement\.labels(?: \|\| \[\])?;/g, "labelsOf(element);"],
  // As src/page/dom.ts walks.
  [/^function (parentElementOrShadowHost|enclosingShadowRootOrDocument|enclosingShadowHost|closestCrossShadow)\(.*\) \{\n[^]*?\n\}\n/gm, ""],
  ["enclosingShadowRootOrDocument(element)", "element.getRootNode()"],
  [/^\t+[^\n]*\bcacheAccessible(?:Description|Error)\w* (?:!==|=)[^\n]*;$/gm, ""],
  [
    /const allRoles = (\[[^\]]*\]);\s*const abstractRoles = (\[[^\]]*\]);\s*const validRoles = [^\n]*/,
    (_, all, abstract) => `const validRoles = "${JSON.parse(all).filter((role) => !JSON.parse(abstract).includes(role)).join(" ")}".split(" ");`,
  ],
];
const patched = (code) => {
  for (const [theirs, ours] of PATCHES) {
    if (code.split(theirs).length !== 2) throw new Error(`ivya has another text than the one we know: ${theirs}`);
    code = code.replace(theirs, ours);
  }
  return `import { spokenContent } from "./src/page/pseudo.ts";\nimport { hole, holeFor, textHoleFor, wordsOf } from "./src/page/reader.ts";\n${code}`.replace(/^/, 'import { closest as closestCrossShadow, labelsOf, parentOf as parentElementOrShadowHost } from "./src/page/dom.ts";\n');
};
/** The text with another in the place of what must be there. */
function shortened(text, long, short) {
  const found = text.replace(long, short);
  if (found === text) throw new Error(`ivya has another text than the one we know: ${long}`);
  return found;
}
const onlyRolesAndTexts = {
  name: "only-roles-and-texts",
  setup(bundle) {
    bundle.onResolve({ filter: /^ivya\/utils$/ }, async ({ resolveDir }) => {
      const { path } = await bundle.resolve("ivya", { kind: "import-statement", resolveDir });
      const name = (await readdir(dirname(path))).find((file) => /^src-.*\.js$/.test(file));
      return { path: join(dirname(path), name), sideEffects: false };
    });
    bundle.onLoad({ filter: /ivya[\\/]dist[\\/]src-[^\\/]*\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const kept = REGIONS.map((region) => {
        const start = source.indexOf(`//#region ${region}\n`);
        if (start < 0) throw new Error(`ivya has no ${region}: another layout than the one we know`);
        return source.slice(start, source.indexOf("//#endregion", start));
      });
      const code = [...UNUSED, ...SHORTER].reduce((text, [long, short]) => shortened(text, long, short), kept.join("\n").replaceAll("Ivya.options.browser", '"chromium"'));
      return { contents: `${patched(code)}\nexport { ${NAMES.join(", ")} };`, loader: "js", resolveDir: HERE };
    });
  },
};

/** The text with `let` for `const`: told apart where it was written, and one word less to pack. */
function oneKindOfName(text) {
  let out = "";
  let at = 0;
  for (const { type, value, start, end } of tokenizer(text, { ecmaVersion: 2022 })) {
    if (type.keyword !== "const" || value !== "const") continue;
    out += `${text.slice(at, start)}let`;
    at = end;
  }
  return out + text.slice(at);
}

const result = await build({
  entryPoints: [join(HERE, "src", "main.ts")],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2021",
  legalComments: "none",
  plugins: [onlyRolesAndTexts, secretWords],
  metafile: true,
});
const hardened = await harden(result.outputFiles[0].text, HERE);
const { code: mangled } = await transform(hardened.text, {
  minify: true,
  mangleProps: new RegExp(`^(${hardened.ours.join("|")})$`),
  target: "es2021",
  charset: "ascii",
  legalComments: "none",
});
const smaller = await minify(mangled, { ecma: 2020, compress: { passes: 3, ecma: 2020, pure_getters: true, unsafe: true, unsafe_arrows: true, unsafe_regexp: true, sequences: false, keep_fargs: false, inline: 1 }, format: { ascii_only: true, preamble: BANNER } });
const code = Buffer.from(oneKindOfName(smaller.code));
await mkdir(dirname(OUT), { recursive: true });
await writeFile(OUT, code);
const brotli = brotliCompressSync(code);
await writeFile(`${OUT}.br`, brotli);
const gzipped = gzipSync(code, { level: 9 }).length;
console.log(`capture.js: ${code.length} bytes, ${gzipped} gzipped, ${brotli.length} by Brotli`);
if (process.argv.includes("--size")) {
  const inputs = Object.entries(Object.values(result.metafile.outputs)[0].inputs);
  for (const [path, { bytesInOutput }] of inputs.sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput)) {
    console.log(String(bytesInOutput).padStart(8), path);
  }
}
if (gzipped > GZIP_BYTES_MAX) throw new Error(`capture.js is over ${GZIP_BYTES_MAX} bytes gzipped`);
