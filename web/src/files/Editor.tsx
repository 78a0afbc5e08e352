import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import classes from "./Editor.module.css";
import { languageOf } from "./languages";
import { look } from "./look";
import { mark, marks, type Mark } from "./marks";

type Props = {
  path: string;
  /** What it begins with; another text needs another editor (a key). */
  text: string;
  editing: boolean;
  label: string;
  /** A text to scroll to. */
  find: string | undefined;
  /** Lines that are marked; one scrolls to the first that has a note. */
  faults?: readonly Mark[];
  onChange: (text: string) => void;
};

const none: readonly Mark[] = [];

/** Editor shows a file with line numbers and colours, and lets it be changed. */
export default function Editor({ path, text, editing, label, find, faults = none, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const changed = useRef(onChange);
  const [mode] = useState(() => new Compartment());
  const view = useRef<EditorView>(undefined);
  const first = useRef({ text, find, label, path });
  useEffect(() => {
    changed.current = onChange;
  }, [onChange]);

  useEffect(() => {
    if (!place.current) return;
    const language = new Compartment();
    const begin = first.current;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: begin.text,
        extensions: [
          ...base(begin.text, begin.label),
          language.of([]),
          mode.of(modeOf(false)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.sliceDoc());
          }),
        ],
      }),
    });
    view.current = editor;
    if (begin.find) show(editor, begin.find);
    let current = true;
    void languageOf(begin.path)?.().then((support) => {
      if (current) editor.dispatch({ effects: language.reconfigure(support) });
    });
    return () => {
      current = false;
      editor.destroy();
    };
  }, [mode]);

  useEffect(() => {
    view.current?.dispatch({ effects: mode.reconfigure(modeOf(editing)) });
    if (editing) view.current?.focus();
  }, [mode, editing]);

  const noted = faults.find(({ note }) => note !== undefined)?.line;
  const shown = useRef<number>(undefined);
  useEffect(() => {
    if (view.current) mark(view.current, faults, noted === shown.current ? undefined : noted);
    shown.current = noted;
  }, [faults, noted]);

  return <div ref={place} className={classes.editor} data-editing={editing} />;
}

function base(text: string, label: string): Extension[] {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    bracketMatching(),
    indentUnit.of("  "),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    // A file keeps the ends of line that it has.
    ...(text.includes("\r\n") ? [EditorState.lineSeparator.of("\r\n")] : []),
    look,
    marks,
  ];
}

/** modeOf is what differs between reading and changing. */
function modeOf(editing: boolean): Extension {
  if (!editing) return [EditorState.readOnly.of(true), EditorView.editable.of(false)];
  return [history(), indentOnInput(), highlightActiveLine(), highlightActiveLineGutter(), keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab])];
}

function show(editor: EditorView, find: string): void {
  const at = editor.state.sliceDoc().indexOf(find);
  if (at < 0) return;
  editor.dispatch({ selection: { anchor: at, head: at + find.length }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
}
