import { describe, expect, it } from "vitest";
import type { Metrics, PodMetrics } from "../api/types";
import { bytes, cores } from "../format/amount";
import { chartOf, seriesOf } from "./series";

const pod = (name: string, cpu: number): PodMetrics => ({ name, cpu, memory: cpu * 1e9, restarts: 0, ready: true });
const sample = (second: number, ...pods: PodMetrics[]): Metrics => ({ at: new Date(second * 1000).toISOString(), pods });
const size = { width: 100, height: 50 };

describe("the figures of pods", () => {
  it("are those of the pods that are there now, by name", () => {
    const series = seriesOf([sample(0, pod("b", 1), pod("gone", 1)), sample(5, pod("b", 2), pod("a", 3))]);
    expect(series.map(({ pod: { name }, cpu }) => [name, cpu])).toEqual([["a", [3]], ["b", [1, 2]]]);
  });
  it("may be none", () => expect(seriesOf([])).toEqual([]));
});

describe("a chart", () => {
  it("ends now at the right, and begins where it began to be looked at", () => {
    const { line } = chartOf([0, 5000, 10_000], [0, 1, 2], {}, 20_000, size);
    expect(line).toBe("M50.0 50L75.0 28.3L100.0 6.5");
  });
  it("shows the request, and the limit once it comes near", () => {
    expect(chartOf([0], [1], { request: 2, limit: 10 }, 1000, size)).not.toHaveProperty("limit");
    expect(chartOf([0], [6], { request: 2, limit: 10 }, 1000, size)).toMatchObject({ limit: 6.5, top: 6 });
    expect(chartOf([0], [1], { request: 2 }, 1000, size)).toMatchObject({ request: 6.5 });
  });
  it("of nothing is empty and of zeros lies on the ground", () => {
    expect(chartOf([], [], {}, 1000, size)).toMatchObject({ line: "", area: "", top: 0 });
    expect(chartOf([0, 1000], [0, 0], {}, 1000, size).line).toBe("M0.0 50L100.0 50");
  });
});

describe("amounts", () => {
  it.each([
    [0.0034, "en", "3 m"],
    [0.25, "en", "250 m"],
    [1.5, "pt", "1,5"],
  ] as const)("%d cores in %s are %s", (value, lang, said) => expect(cores(value, lang)).toBe(said));
  it.each([
    [0, "en", "0 B"],
    [48 * 2 ** 20, "en", "48 MiB"],
    [1.5 * 2 ** 30, "pt", "1,5 GiB"],
    [700, "en", "700 B"],
  ] as const)("%d bytes in %s are %s", (value, lang, said) => expect(bytes(value, lang)).toBe(said));
});
