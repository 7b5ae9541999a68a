// Bundles src/main.tsx into the files that the web views serve: a page, a style sheet, the program, and the editor,
// which is loaded once somebody edits. Their names hold a hash of their content.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "agents", "web", "static", "dashboard");
const GZIP_BYTES_MAX = 200_000;

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const result = await build({
  entryPoints: { main: join(HERE, "src", "main.tsx"), style: join(HERE, "src", "style.css"), icon: join(HERE, "src", "icon.svg") },
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".svg": "copy" },
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});

const built = Object.keys(result.metafile.outputs).map((path) => basename(path));
const named = (beginning, end) => `dashboard/${built.find((name) => name.startsWith(beginning) && name.endsWith(end))}`;
const page = (await readFile(join(HERE, "src", "index.html"), "utf8"))
  .replace("{{style}}", named("style-", ".css"))
  .replace("{{icon}}", named("icon-", ".svg"))
  .replace("{{main}}", named("main-", ".js"));
await writeFile(join(OUT, "index.html"), page);

let gzipped = 0;
for (const name of await readdir(OUT)) {
  const bytes = await readFile(join(OUT, name));
  const size = gzipSync(bytes, { level: 9 }).length;
  gzipped += size;
  console.log(`${name}: ${bytes.length} bytes, ${size} gzipped`);
}
console.log(`dashboard: ${gzipped} bytes gzipped in all`);
if (gzipped > GZIP_BYTES_MAX) throw new Error(`the dashboard is over ${GZIP_BYTES_MAX} bytes gzipped`);
