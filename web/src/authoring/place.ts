import { isMap, isNode, isScalar, type Document, type LineCounter } from "yaml";

export type Path = readonly (string | number)[];

/** Placed is what is wrong at a place of the template. */
export type Placed = { path: Path; message: string };

const named = /^(?:template: )?((?:apiVersion|kind|metadata|spec)(?:\.[\w-]+|\[\d+\])*): (.*)$/s;
const inStep = /^(if|each|input): (.*)$/s;

/** placedIn reads the place out of what the server says of a template, if it names one. */
export function placedIn(text: string): Placed | undefined {
  const [, place, message] = named.exec(text) ?? [];
  if (place === undefined || message === undefined) return undefined;
  const path = [...place.matchAll(/[\w-]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
  const [, within, rest] = inStep.exec(message) ?? [];
  return within !== undefined && rest !== undefined ? { path: [...path, within], message: rest } : { path, message };
}

/** lineOf is the line at which a part of the document begins; of one that is not there, what it would stand in. */
export function lineOf(document: Document, counter: LineCounter, path: Path): { line?: number } {
  for (let length = path.length; length > 0; length -= 1) {
    const line = lineAt(document, counter, path.slice(0, length));
    if (line !== undefined) return { line };
  }
  return {};
}

/** A member stands where its key does, an entry of a list where it begins. */
function lineAt(document: Document, counter: LineCounter, path: Path): number | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const last = path.at(-1);
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last) : undefined;
  const node = pair && isScalar(pair.key) ? pair.key : document.getIn(path, true);
  return isNode(node) && node.range ? counter.linePos(node.range[0]).line : undefined;
}
