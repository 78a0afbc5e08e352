import type { Delivery, Phase } from "../api/types";
import { decidingLine, parseLine, type Line } from "../logs/parse";

/** decidingPhase says where a delivery stands, as `pronto why` has it: what failed, else what does not go on, else what runs or waits. */
export function decidingPhase({ status, phases }: Delivery): Phase | undefined {
  if (status === "live" || status === "superseded") return undefined;
  const of = (wanted: Phase["status"]) => phases.find((phase) => phase.status === wanted);
  return of("failed") ?? phases.find(({ cause }) => cause) ?? of("running") ?? of("waiting");
}

/** reasonOf is a phase's cause in one sentence where it stands alone; a cause that is not known says less than what was observed. */
export function reasonOf(phase: Phase | undefined): string | undefined {
  return phase?.cause && phase.cause.code !== "unknown" ? phase.cause.sentence : phase?.reason;
}

/** Matter is the lines that say why: those that decide are marked; where the cause is not known, all that was observed. */
export type Matter = { known: boolean; lines: readonly Line[]; deciding: ReadonlySet<number> };

/** What a container said; of the log's lines one decides, while events and messages all do. */
const spoken = new Set(["crash", "server_error"]);

/** matterOf is a phase's lines that matter, if there are any. */
export function matterOf({ name, status, cause, evidence }: Phase): Matter | undefined {
  if (cause?.facts?.length) return { known: false, lines: cause.facts.map(parseLine), deciding: new Set() };
  const lines = (cause?.lines ?? (status === "failed" ? logIn(evidence) : [])).map(parseLine);
  if (lines.length === 0) return undefined;
  const log = name === "build" || !cause || spoken.has(cause.code);
  return { known: true, lines, deciding: log ? new Set([decidingLine(lines) ?? lines.length - 1]) : new Set(lines.keys()) };
}

function logIn({ log }: Phase["evidence"]): string[] {
  return Array.isArray(log) ? log.filter((line) => typeof line === "string") : [];
}
