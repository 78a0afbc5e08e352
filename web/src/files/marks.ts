import { StateEffect, StateField, type Extension, type Text } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, type DecorationSet } from "@codemirror/view";

/** Mark is a line with a fault, and what is said below it. */
export type Mark = { line: number; note?: string };

const marked = StateEffect.define<readonly Mark[]>();

class Note extends WidgetType {
  constructor(private readonly text: string) {
    super();
  }

  override eq(other: Note): boolean {
    return other.text === this.text;
  }

  override toDOM(): HTMLElement {
    const note = document.createElement("div");
    note.className = "cm-note";
    note.textContent = this.text;
    return note;
  }
}

/** marks keeps marked lines where they are while the text around them changes. */
export const marks: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (set, { effects, changes, state }) => effects.find((effect) => effect.is(marked))?.value.reduce<DecorationSet>((all, mark) => all.update({ add: decorations(state.doc, mark), sort: true }), Decoration.none) ?? set.map(changes),
  provide: (field) => EditorView.decorations.from(field),
});

function decorations(doc: Text, { line, note }: Mark) {
  const { from, to } = lineOf(doc, line);
  const ground = Decoration.line({ class: "cm-faulty" }).range(from);
  return note === undefined ? [ground] : [ground, Decoration.widget({ widget: new Note(note), block: true, side: 1 }).range(to)];
}

/** The text may have become shorter since the line was told of. */
const lineOf = (doc: Text, line: number) => doc.line(Math.min(Math.max(line, 1), doc.lines));

/** mark puts these marks in place of those before, and scrolls to a line when asked to. */
export function mark(editor: EditorView, all: readonly Mark[], scrollTo: number | undefined): void {
  const seen = scrollTo === undefined ? [] : [EditorView.scrollIntoView(lineOf(editor.state.doc, scrollTo).from, { y: "center" })];
  editor.dispatch({ effects: [marked.of(all), ...seen] });
}
