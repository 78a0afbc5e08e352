/** Item is one thing that the palette can go to or do. */
export type Item = { id: string; group: Group; title: string; detail?: string; words?: string };

export const groups = ["recent", "apps", "pages", "templates", "catalog", "actions"] as const;
export type Group = (typeof groups)[number];

/** score tells how well an item answers to what was typed; undefined when it does not. */
export function score(item: Item, typed: string): number | undefined {
  const words = plain(typed).split(/\s+/).filter((word) => word !== "");
  const title = plain(item.title);
  const whole = plain([item.title, item.detail, item.words].filter(Boolean).join(" "));
  if (!words.every((word) => whole.includes(word) || scattered(title, word))) return undefined;
  const first = words[0] ?? "";
  if (title === plain(typed)) return 4;
  if (title.startsWith(first)) return 3;
  if (title.split(/[\s\-_./]+/).some((part) => part.startsWith(first))) return 2;
  return title.includes(first) ? 1 : 0;
}

/** scattered tells whether a word's letters stand in a text in order: shpi in shop-api. */
function scattered(text: string, word: string): boolean {
  if (word.length < 3) return false;
  let at = 0;
  for (const letter of text) if (letter === word[at]) at += 1;
  return at === word.length;
}

/** plain is a text without accents and capitals. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

const perGroup = 7;

/** ranked is what to show: with nothing typed what was used last, then a little of each group; else the best of each. */
export function ranked<T extends Item>(items: readonly T[], typed: string, recent: readonly string[]): T[] {
  if (typed.trim() === "") return withRecent(items, recent);
  const scored = items.flatMap((item) => {
    const points = score(item, typed);
    return points === undefined ? [] : [{ item, points: points + (recent.includes(item.id) ? 0.5 : 0) }];
  });
  const best = (group: Group) => Math.max(-1, ...scored.filter(({ item }) => item.group === group).map(({ points }) => points));
  const order = [...groups].sort((a, b) => best(b) - best(a) || groups.indexOf(a) - groups.indexOf(b));
  return order.flatMap((group) => scored.filter(({ item }) => item.group === group).sort((a, b) => b.points - a.points || a.item.title.localeCompare(b.item.title)).slice(0, perGroup).map(({ item }) => item));
}

function withRecent<T extends Item>(items: readonly T[], recent: readonly string[]): T[] {
  const used = recent.flatMap((id) => items.find((item) => item.id === id) ?? []).slice(0, 5);
  const rest = items.filter((item) => !used.includes(item) && item.group !== "catalog");
  return [...used.map((item) => ({ ...item, group: "recent" as const })), ...groups.flatMap((group) => rest.filter((item) => item.group === group).slice(0, perGroup))];
}

/** remembered puts what was just used first. */
export function remembered(recent: readonly string[], id: string): string[] {
  return [id, ...recent.filter((each) => each !== id)].slice(0, 20);
}
