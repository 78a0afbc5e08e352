/** AuditWanted is what somebody looks for; the days are as the inputs give them. */
export type AuditWanted = { q: string; action: string; since: string; until: string };

export type AuditQuery = { q?: string; action?: string; since?: string; until?: string };

/** queryOf leaves out what is empty and makes moments of days: until is the day's end. */
export function queryOf({ q, action, since, until }: AuditWanted): AuditQuery {
  const from = moment(since, 0);
  const to = moment(until, 1);
  return { ...(q.trim() === "" ? {} : { q: q.trim() }), ...(action === "" ? {} : { action }), ...(from ? { since: from } : {}), ...(to ? { until: to } : {}) };
}

function moment(day: string, more: number): string | undefined {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return undefined;
  return new Date(year, month - 1, date + more).toISOString();
}

/** exportPath is where the same entries are as a file. */
export function exportPath(format: "csv" | "jsonl", query: AuditQuery): string {
  return `/api/pronto/v1/audit/export?${new URLSearchParams({ format, ...query }).toString()}`;
}
