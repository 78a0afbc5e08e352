/** Folder is a directory of a repository; a file has no children. */
export type Item = { name: string; path: string; size?: number; children?: Item[] };

type Listed = { path: string; size: number };

/** treeOf makes directories of paths: directories first, then by name. A lone chain of directories is one item. */
export function treeOf(files: readonly Listed[]): Item[] {
  const root: Item = { name: "", path: "", children: [] };
  for (const { path, size } of files) {
    const parts = path.split("/");
    const name = parts.pop() ?? path;
    folder(root, parts).children?.push({ name, path, size });
  }
  return tidy(root.children ?? []);
}

function folder(root: Item, parts: readonly string[]): Item {
  let at = root;
  for (const name of parts) {
    let next = at.children?.find((item) => item.children && item.name === name);
    if (!next) {
      next = { name, path: at.path === "" ? name : `${at.path}/${name}`, children: [] };
      at.children?.push(next);
    }
    at = next;
  }
  return at;
}

function tidy(items: Item[]): Item[] {
  return items
    .map((item) => (item.children ? joined({ ...item, children: tidy(item.children) }) : item))
    .sort((a, b) => Number(Boolean(b.children)) - Number(Boolean(a.children)) || a.name.localeCompare(b.name));
}

function joined(item: Item): Item {
  const [only, ...others] = item.children ?? [];
  return only?.children && others.length === 0 ? { ...only, name: `${item.name}/${only.name}` } : item;
}

/** around is the directories that hold a path, outermost first. */
export function around(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

export type Flat = { item: Item; depth: number };

/** flat is the tree's rows that are seen when these directories are open. */
export function flat(items: readonly Item[], open: ReadonlySet<string>, depth = 0): Flat[] {
  return items.flatMap((item) => [{ item, depth }, ...(item.children && open.has(item.path) ? flat(item.children, open, depth + 1) : [])]);
}

/** pathFault is the key of what is wrong with a new file's path, or undefined. */
export function pathFault(path: string, existing: readonly string[]): "files.pathEmpty" | "files.pathShape" | "files.pathTaken" | undefined {
  if (path === "") return "files.pathEmpty";
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part === ".git") || path.includes("\\")) return "files.pathShape";
  const clash = existing.some((other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
  return clash ? "files.pathTaken" : undefined;
}
