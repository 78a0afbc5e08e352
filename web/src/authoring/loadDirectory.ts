import { encodedBytes } from "./base64";
import type { Directory } from "./example";

/** Loaded is a directory of somebody's disk: the template's text, the other files, and their size in bytes. */
export type Loaded = { text: string | undefined; directory: Directory; size: number };

const kept = (path: string) => !/(^|\/)(\.git|node_modules)\//.test(path);

/** loadDirectory reads what a directory input gave; paths begin below the directory that was chosen. */
export async function loadDirectory(files: readonly File[]): Promise<Loaded> {
  const named = files.map((file) => ({ file, path: (file.webkitRelativePath || file.name).replace(/^[^/]+\//, "") })).filter(({ path }) => kept(path));
  const template = named.find(({ path }) => path === "template.yaml" || path === "template.yml");
  const others = named.filter((each) => each !== template);
  const directory = await Promise.all(others.map(async ({ file, path }) => ({ path, base64Content: encodedBytes(new Uint8Array(await file.arrayBuffer())) })));
  return { text: await template?.file.text(), directory, size: named.reduce((sum, { file }) => sum + file.size, 0) };
}
