// The beginnings of a secret while it is typed: pages ask for them and show them, key by key.
import { isTextField } from "../page/dom";
import { wholeAndWords, Withheld } from "./withheld";

const NODES_MAX = 6_000;
const BEGINNINGS_MAX = 200;

type Roots = () => Iterable<Document | ShadowRoot>;

/**
 * A stay in one field for secrets. Beginnings of a secret are often words of their own (a login name, a heading), so that
 * they are withheld only in what follows from the typing, and only if they came up with it.
 */
export class Beginnings {
  private readonly before: Set<string>;
  private readonly typed = new Set<string>();
  /** But for words that the page had before. */
  private readonly news: Withheld;
  private readonly every: Withheld;

  constructor(
    private readonly roots: Roots,
    private readonly isSecret: (field: Element) => unknown,
    salt: string,
  ) {
    this.news = new Withheld(salt, null);
    this.every = new Withheld(salt, null);
    this.before = this.words();
  }

  grow(value: string): void {
    const whole = wholeAndWords(value)[0]!;
    this.every.addBeginning(whole);
    if (this.before.has(whole) || this.typed.size >= BEGINNINGS_MAX) return;
    this.typed.add(whole);
    this.news.addBeginning(whole);
  }

  /** A text of an event that follows from the typing; what a page asks for has no words of its own. */
  clean(text: string, asked: boolean): string {
    return (asked ? this.every : this.news).clean(text);
  }

  /** The beginnings that the page shows now and didn't before: it may keep them. */
  shown(): string[] {
    const now = this.words();
    return [...this.typed].filter((one) => now.has(one));
  }

  /** The words on the page, and its texts as a whole, folded. */
  private words(): Set<string> {
    const words = new Set<string>();
    const note = (text: string | null): void => wholeAndWords(text ?? "").forEach((word) => words.add(word));
    note(location.href);
    let left = NODES_MAX;
    for (const root of this.roots()) {
      const walker = document.createTreeWalker(root);
      for (let node = walker.nextNode(); node && left > 0; node = walker.nextNode(), left--) {
        if (!/^(SCRIPT|STYLE)$/.test(node.parentElement?.nodeName ?? "")) note(node.nodeValue);
        if (node.nodeType !== 1) continue;
        const element = node as Element;
        for (const { value } of element.attributes) note(value);
        if (isTextField(element) && !this.isSecret(element)) note(element.value);
      }
    }
    return words;
  }
}
