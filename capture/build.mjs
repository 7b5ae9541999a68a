// Bundles src/main.ts into the one script that the web views serve as /capture.js.
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
const BANNER = "/* journeywright recorder; contains ivya (MIT), a fork of Playwright's injected script (Apache-2.0) */";
const GZIP_BYTES_MAX = 50_800;

// ivya is Playwright's own resolution of roles, names and texts as a library. Its parts for that are bundled with a
// selector engine that we don't need and that no tree shaking removes: we keep the regions that we use, by name.
const REGIONS = ["src/stringUtils.ts", "src/domUtils.ts", "src/roleUtils.ts", "src/selectorUtils.ts"];
const NAMES = [
  "beginAriaCaches", "endAriaCaches", "getAriaRole", "getAriaLevel", "getAriaChecked", "getAriaDisabled",
  "getElementAccessibleName", "isElementVisible",
  "isElementHiddenForAria", "elementText", "getElementLabels", "normalizeWhiteSpace",
];
// ivya reads `content: "x" / "y"`, by which icon fonts say what their glyph means, as one string with quotes in it.
const PSEUDO = 'const unquoted = content.substring(1, content.length - 1);';
// Masked elements and what stands in fields are holes in the names and texts of the elements around (src/reader.ts).
const PATCHES = [
  [PSEUDO, "const unquoted = spokenContent(content);"],
  [
    "const labelledBy = getAriaLabelledByElements(element);\n\tif (!options.embeddedInLabelledBy) {",
    'const masked = holeFor(element, options.embeddedInTargetElement === "self");\n\tif (masked !== null) { options.visitedElements.add(element); return masked; }\n\t$&',
  ],
  ['if (tagName === "INPUT" || tagName === "TEXTAREA") return element.value;', 'if (tagName === "INPUT" || tagName === "TEXTAREA") return hole(element.value);'],
  ['if (!selectedOptions.length && tagName === "INPUT") return element.value;', 'if (!selectedOptions.length && tagName === "INPUT") return hole(element.value);'],
  ['return element.getAttribute("value") || "";\n', 'return hole(element.getAttribute("value"));\n'],
  ['value.full += child.nodeValue || "";', "value.full += wordsOf(child);"],
  [
    "if (!shouldSkipForTextMatching(root)) {\n\t\t\tlet",
    "const masked = textHoleFor(root);\n\t\tif (masked !== null) value.full = value.normalized = masked;\n\t\telse $&",
  ],
];
/** ivya is built for older browsers than ours: `a ?? b` and `a?.b` are shorter, and take no variable. */
const SHORTER = [
  [/\((_\w+) = ([^()]*(?:\([^()]*\))?)\) !== null && \1 !== void 0 \? \1 : /g, "($2) ?? "],
  [/\((_\w+) = ([^()]*(?:\([^()]*\))?)\) !== null && \1 !== void 0 \|\| \(\2 = /g, "($2 ??= "],
  [/\((_\w+) = ([^()]*(?:\([^()]*\))?)\) === null \|\| \1 === void 0 \? void 0 : \1\./g, "($2)?."],
  [/\b([\w.]+) === null \|\| \1 === void 0 \? void 0 : \1\./g, "$1?."],
  [/\b([\w.]+) === null \|\| \1 === void 0 \|\| \1\./g, "$1?."],
];
/** What nobody here asks ivya for: descriptions and messages of errors, and the roles that no element can have. */
const UNUSED = [
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
  return `import { spokenContent } from "./src/pseudo.ts";\nimport { hole, holeFor, textHoleFor, wordsOf } from "./src/reader.ts";\n${code}`;
};
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
      const code = [...UNUSED, ...SHORTER].reduce((text, [long, short]) => text.replace(long, short), kept.join("\n").replaceAll("Ivya.options.browser", '"chromium"'));
      return { contents: `${patched(code)}\nexport { ${NAMES.join(", ")} };`, loader: "js", resolveDir: HERE };
    });
  },
};

const result = await build({
  entryPoints: [join(HERE, "src", "main.ts")],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2020",
  legalComments: "none",
  plugins: [onlyRolesAndTexts, secretWords],
  metafile: true,
});
const hardened = await harden(result.outputFiles[0].text, HERE);
const { code: mangled } = await transform(hardened.text, {
  minify: true,
  mangleProps: new RegExp(`^(${hardened.ours.join("|")})$`),
  target: "es2020",
  charset: "ascii",
  legalComments: "none",
});
const smaller = await minify(mangled, { ecma: 2020, compress: { passes: 3, ecma: 2020, pure_getters: true, keep_fargs: false, inline: 1 }, format: { ascii_only: true, preamble: BANNER } });
const code = Buffer.from(smaller.code);
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
