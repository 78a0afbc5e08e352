import { shortDigest, shortSHA } from "../format/text";
import { exact, type Lang } from "../format/time";
import { en, type Key } from "../i18n/en";

const order = [
  "task", "repository", "commit", "entity", "image", "digest", "deployRevision", "application", "sync", "health",
  "revision", "ready", "desired", "host", "address", "issuer", "certificateUntil", "url", "code", "answeredAt", "lostAt",
];
const left = new Set(["log", "run", "runUrl"]);
const revisions = new Set(["commit", "revision", "deployRevision"]);
const times = new Set(["certificateUntil", "answeredAt", "lostAt"]);

export type Piece = { key: string; label: Key | undefined; kind: "link" | "copy" | "plain"; shown: string; whole: string };

/** pieces turns a phase's evidence into rows; what has no name of ours stands last, as it came. */
export function pieces(evidence: Readonly<Record<string, unknown>>, lang: Lang): Piece[] {
  const known = order.filter((key) => key in evidence);
  const others = Object.keys(evidence).filter((key) => !order.includes(key) && !left.has(key));
  return [...known, ...others].filter((key) => evidence[key] !== "" && evidence[key] !== null).map((key) => piece(key, evidence[key], lang));
}

function piece(key: string, value: unknown, lang: Lang): Piece {
  const whole = typeof value === "string" ? value : JSON.stringify(value);
  const named = `evidence.${key}`;
  const base = { key, label: named in en ? (named as Key) : undefined, whole };
  if (/^https?:\/\//.test(whole)) return { ...base, kind: "link", shown: whole.replace(/^https?:\/\//, "") };
  if (revisions.has(key)) return { ...base, kind: "copy", shown: shortSHA(whole) };
  if (/^sha256:[0-9a-f]{64}$/.test(whole)) return { ...base, kind: "copy", shown: shortDigest(whole) };
  if (key === "image" || key === "address" || key === "host") return { ...base, kind: "copy", shown: whole };
  if (times.has(key) && !Number.isNaN(Date.parse(whole))) return { ...base, kind: "plain", shown: exact(new Date(whole), lang) };
  return { ...base, kind: "plain", shown: whole };
}
