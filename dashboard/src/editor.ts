// The editor, loaded when somebody edits. It stands in a shadow root: there its style sheets are adopted, which a policy
// without inline styles allows.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface CodeProblem { readonly line: number | null; readonly severity: "error" | "warning"; readonly message: string }

export interface Editor {
  readonly text: () => string;
  readonly show: (problems: readonly CodeProblem[]) => void;
  readonly focus: () => void;
  readonly close: () => void;
}

const WORDS = HighlightStyle.define([
  { tag: [tags.string, tags.docString], color: "var(--str)" },
  { tag: [tags.keyword, tags.definitionKeyword, tags.controlKeyword, tags.moduleKeyword, tags.operatorKeyword, tags.bool, tags.null], color: "var(--kw)" },
  { tag: tags.number, color: "var(--num)" },
  { tag: tags.comment, color: "var(--quiet)" },
]);

const BLINK_MS = 1_200;

const THEME = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--card)", fontSize: "var(--small)", border: "1px solid var(--firm)", borderRadius: "var(--round)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "20rem", maxHeight: "70vh" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--sunk)", color: "var(--quiet)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--lit) 55%, transparent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--lit)" },
  "@media (forced-colors: active)": { ".cm-selectionBackground": { forcedColorAdjust: "none", backgroundColor: "Highlight !important" } },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--text)", border: "1px solid var(--firm)" },
});

export function open(root: ShadowRoot, text: string, changed: () => void, save: () => void, leave: () => void): Editor {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), lintGutter(), history(), drawSelection({ cursorBlinkRate: still ? 0 : BLINK_MS }), bracketMatching(), highlightActiveLine(), highlightActiveLineGutter(),
        indentUnit.of("    "), python(), syntaxHighlighting(WORDS), THEME,
        EditorView.contentAttributes.of({ "aria-label": "The test's code", tabindex: "0", spellcheck: "false" }),
        EditorView.updateListener.of((update) => update.docChanged && changed()),
        // Tab indents; Escape leaves the editor, so that nobody who uses keys alone is caught in it.
        keymap.of([{ key: "Mod-s", run: () => (save(), true) }, { key: "Escape", run: () => (leave(), true) }, indentWithTab, ...defaultKeymap, ...historyKeymap]),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    show: (problems) => {
      const lines = view.state.doc.lines;
      const found: Diagnostic[] = problems.map((one) => {
        const line = view.state.doc.line(Math.min(lines, Math.max(1, one.line ?? 1)));
        return { from: line.from, to: line.to, severity: one.severity, message: one.message };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}
