import { structuredPatch } from "diff";

/** DiffLine is a line of a change with its numbers before and after. */
export type DiffLine = { kind: "added" | "removed" | "same" | "gap"; text: string; before?: number; after?: number };

export type Changes = { added: number; removed: number; lines: DiffLine[] };

const around = 3; // lines shown about each change

/** changesOf is what changed between two texts, as a diff says it. */
export function changesOf(before: string, after: string): Changes {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: around });
  const lines = hunks.flatMap((hunk, i): DiffLine[] => {
    let old = hunk.oldStart;
    let now = hunk.newStart;
    const shown = hunk.lines.flatMap((line): DiffLine[] => {
      const text = line.slice(1);
      if (line.startsWith("+")) return [{ kind: "added", text, after: now++ }];
      if (line.startsWith("-")) return [{ kind: "removed", text, before: old++ }];
      if (line.startsWith(" ")) return [{ kind: "same", text, before: old++, after: now++ }];
      return []; // "\ No newline at end of file"
    });
    return i === 0 ? shown : [{ kind: "gap", text: "" }, ...shown];
  });
  const count = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed"), lines };
}
