import type { Metrics, PodMetrics } from "../api/types";

/** Series is one pod's figures over time; what it asks for and may have is as told last. */
export type Series = { pod: PodMetrics; times: number[]; cpu: number[]; memory: number[] };

/** seriesOf is the pods of the last sample, each with its figures from the samples before. */
export function seriesOf(samples: readonly Metrics[]): Series[] {
  const pods = [...(samples.at(-1)?.pods ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  return pods.map((pod) => {
    const own = samples.flatMap(({ at, pods: all }) => all.filter(({ name }) => name === pod.name).map((sample) => ({ at: Date.parse(at), sample })));
    return { pod, times: own.map(({ at }) => at), cpu: own.map(({ sample }) => sample.cpu), memory: own.map(({ sample }) => sample.memory) };
  });
}

export type Chart = { line: string; area: string; request?: number; limit?: number; top: number };

type Size = { width: number; height: number };

/**
 * chartOf draws values over a time of so many ms that ends with the last one.
 * The height reaches from 0 to the highest value or the request; a limit is
 * marked only when the values come near it, or they would be a flat line.
 */
export function chartOf(times: readonly number[], values: readonly number[], marks: { request?: number | undefined; limit?: number | undefined }, span: number, { width, height }: Size): Chart {
  const highest = Math.max(...values, 0);
  const { request = 0, limit = 0 } = marks;
  const near = limit > 0 && highest > limit / 2;
  const top = Math.max(highest, request, near ? limit : 0) * 1.15 || 1;
  const last = times.at(-1) ?? 0;
  const x = (time: number) => (width * (1 - Math.min(1, (last - time) / span))).toFixed(1);
  const y = (value: number) => Number((height * (1 - value / top)).toFixed(1));
  const points = times.map((time, i) => `${x(time)} ${y(values[i] ?? 0)}`);
  const line = points.length > 0 ? `M${points.join("L")}` : "";
  const area = points.length > 1 ? `${line}L${x(last)} ${height}L${x(times[0] ?? last)} ${height}Z` : "";
  return { line, area, top: highest, ...(request > 0 ? { request: y(request) } : {}), ...(near ? { limit: y(limit) } : {}) };
}
