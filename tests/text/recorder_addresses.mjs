// Reads addresses from standard input, a JSON list, and writes what the recorder tells of each.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "../../capture/node_modules/esbuild/lib/main.js";
import { secretWords } from "../../capture/secret-words.mjs";

const entry = fileURLToPath(new URL("../../capture/src/privacy/addresses.ts", import.meta.url));
const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", plugins: [secretWords], external: ["ivya/utils"] });
const code = outputFiles[0].text.replace(/^import [^;]*"ivya\/utils";$/gm, "");
const { safeAddress } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(safeAddress)));
