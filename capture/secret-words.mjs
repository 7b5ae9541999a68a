// What pages call fields for secrets, as regular expressions: the same words as the program's intake knows
// (pipeline/semantics/secret_words.py).
import { readFile } from "node:fs/promises";

const WORDS = new URL("../pipeline/semantics/lexicon/secrets.json", import.meta.url);

/** The kinds of secrets, each with the pattern of its words. */
export const patterns = async () => Object.entries(JSON.parse(await readFile(WORDS, "utf8"))).map(([kind, words]) => [kind, new RegExp(words.join("|"))]);

export const secretWords = {
  name: "secret-words",
  setup(bundle) {
    bundle.onResolve({ filter: /^secret-words$/ }, ({ path }) => ({ path, namespace: "secret-words" }));
    bundle.onLoad({ filter: /./, namespace: "secret-words" }, async () => ({
      contents: (await patterns()).map(([kind, pattern]) => `export const ${kind} = ${pattern};`).join("\n"),
    }));
  },
};
