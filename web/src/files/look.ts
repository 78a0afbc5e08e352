import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const theme = EditorView.theme({
  "&": { color: "var(--mantine-color-text)", backgroundColor: "transparent", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--mantine-color-text)", padding: "0.5rem 0" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--mantine-color-dimmed)", border: "none", paddingRight: "0.25rem" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.75rem" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--mantine-color-text) 5%, transparent)" },
  ".cm-activeLineGutter": { color: "var(--mantine-color-text)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  ".cm-faulty": { backgroundColor: "var(--bad-soft)", boxShadow: "inset 3px 0 0 var(--bad)" },
  ".cm-note": { padding: "0.25rem 0.75rem 0.375rem", borderLeft: "3px solid var(--bad)", backgroundColor: "var(--bad-soft)", color: "var(--bad)", fontFamily: "var(--mantine-font-family)", overflowWrap: "anywhere", whiteSpace: "pre-wrap" },
  ".cm-content ::selection": { backgroundColor: "var(--mark)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.comment, tags.meta], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.propertyName)], color: "var(--code-name)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.tagName, tags.className, tags.typeName], color: "var(--code-call)" },
  { tag: tags.heading, color: "var(--code-name)", fontWeight: "600" },
  { tag: tags.link, color: "var(--code-string)", textDecoration: "underline" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strong, fontWeight: "600" },
]);

/** look is how the editor looks, in the page's own colours of each scheme. */
export const look: Extension = [theme, syntaxHighlighting(colours)];
