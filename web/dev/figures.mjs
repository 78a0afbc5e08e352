// The platform's figures and capacity in the mock.

const spread = { create: [0.9, 1.6], build: [3.4, 9.8], sync: [1.6, 4.2], expose: [0.7, 2.1], live: [0.3, 0.9] };

/** figures are DORA's of some days; a quiet one has nothing at all. */
export function figures(days, of) {
  const until = new Date();
  const since = new Date(until.getTime() - days * 86_400_000);
  if (of === "reports") return { since, until, deployments: 0, failures: 0, perDay: 0, total: { count: 0, median: 0, p95: 0 }, phases: {}, days: dayList(days, () => [0, 0]) };
  const list = dayList(days, (i) => [Math.round(Math.abs(Math.sin(i * 1.7)) * 9), i % 6 === 2 ? 2 : 0]);
  const deployments = list.reduce((sum, { live }) => sum + live, 0);
  const failures = list.reduce((sum, { failed }) => sum + failed, 0);
  return {
    since, until, deployments, failures, perDay: deployments / days,
    leadTime: { count: deployments, median: 6.4, p95: 21.3 },
    changeFailureRate: failures / (deployments + failures),
    timeToRestore: { count: failures, median: 312, p95: 1900 },
    total: { count: deployments, median: 6.9, p95: 18.2 },
    phases: Object.fromEntries(Object.entries(spread).map(([name, [median, p95]]) => [name, { count: deployments, median, p95 }])),
    days: list,
  };
}

function dayList(days, of) {
  return Array.from({ length: days }, (_, i) => {
    const [live, failed] = of(i);
    return { date: new Date(Date.now() - (days - 1 - i) * 86_400_000).toISOString().slice(0, 10), live, failed, ...(live > 0 ? { median: 5 + (i % 5) } : {}) };
  });
}

const gib = 1024 ** 3;

/** capacity is two nodes, one of which does not answer. */
export const capacity = {
  nodes: [
    { name: "prontoe0", architecture: "amd64", ready: true, cpu: { allocatable: 4, requested: 3.1 }, memory: { allocatable: 16 * gib, requested: 6.2 * gib }, pods: { allocatable: 110, requested: 43 } },
    { name: "prontoe1", architecture: "arm64", ready: false, cpu: { allocatable: 4, requested: 0.4 }, memory: { allocatable: 8 * gib, requested: 7.7 * gib }, pods: { allocatable: 110, requested: 9 } },
  ],
  quota: { used: 7, limit: 50 },
};
