import { plainLine } from "../format/text";

/** Line is one line of a log. */
export type Line = { time?: string; from?: string; text: string; tone: "plain" | "error" | "warning" | "heading" };

/** Block is lines that stand together; one with a title can be folded. */
export type Block = { title?: string; lines: readonly Numbered[]; decides: boolean };

export type Numbered = Line & { number: number };

const stamp = /^\uFEFF?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ?(.*)$/;
const groupStart = /^(?:##\[group\]|::group::)(.*)$/;
const groupEnd = /^(?:##\[endgroup\]|::endgroup::)/;

/** parseLog splits a workflow run's log; group markers stay in the text for blocks. */
export function parseLog(log: string): Line[] {
  const lines = log.replace(/\r?\n$/, "").split(/\r?\n/);
  return lines.length === 1 && lines[0] === "" ? [] : lines.map(parseLine);
}

export function parseLine(raw: string): Line {
  const stamped = stamp.exec(raw);
  const text = plainLine(stamped?.[2] ?? raw);
  const time = stamped?.[1];
  return { ...(time ? { time } : {}), ...tell(text) };
}

function tell(text: string): Pick<Line, "text" | "tone"> {
  const marked = /^(?:##\[(error|warning)\]|::(error|warning)[^:]*::)(.*)$/.exec(text);
  if (marked) {
    return { text: marked[3] ?? "", tone: (marked[1] ?? marked[2]) === "error" ? "error" : "warning" };
  }
  return { text, tone: text.startsWith("=== job ") ? "heading" : "plain" };
}

/** decidingLine is the number of the line that says why the run failed, or undefined. */
export function decidingLine(lines: readonly Line[]): number | undefined {
  const cause = lines.findIndex(({ text }) => /^\s*not ok |✖|✗|\b(?:[A-Z]\w*)?Error\b:|\berror:|\bFAIL(?:ED)?\b|ERR!/.test(text));
  const end = lines.findIndex(({ tone }) => tone === "error");
  if (cause >= 0) return cause;
  return end >= 0 ? end : undefined;
}

/** blocks folds what stands between group markers. */
export function blocks(lines: readonly Line[], deciding: number | undefined): Block[] {
  const all: { title?: string; lines: Numbered[]; decides: boolean }[] = [];
  let current: (typeof all)[number] | undefined;
  lines.forEach((line, number) => {
    const start = groupStart.exec(line.text);
    if (start) {
      current = { title: start[1] ?? "", lines: [], decides: false };
      all.push(current);
      return;
    }
    if (groupEnd.test(line.text)) {
      current = undefined;
      return;
    }
    if (!current) {
      current = { lines: [], decides: false };
      all.push(current);
    }
    current.lines.push({ ...line, number });
    current.decides ||= number === deciding;
  });
  return all;
}

/** asText is what copy and download give. */
export function asText(lines: readonly Line[], withTimes: boolean): string {
  return lines.map(({ time, from, text }) => [withTimes ? time : undefined, from, text].filter((part) => part !== undefined).join(" ")).join("\n") + "\n";
}
