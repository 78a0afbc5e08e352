/** shortSHA is a revision's first seven digits. */
export function shortSHA(revision: string): string {
  return revision.slice(0, 7);
}

/** shortDigest keeps the algorithm and twelve digits: sha256:0123456789ab. */
export function shortDigest(digest: string): string {
  const [algorithm, hex] = digest.split(":");
  return hex ? `${algorithm ?? ""}:${hex.slice(0, 12)}` : digest.slice(0, 12);
}

/** sentence begins with a capital and ends with a stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") {
    return "";
  }
  const stopped = /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
  return stopped.charAt(0).toUpperCase() + stopped.slice(1);
}

/** entityName is the name in an entity reference such as group:default/developers. */
export function entityName(ref: string): string {
  return ref.slice(Math.max(ref.lastIndexOf("/"), ref.lastIndexOf(":")) + 1);
}

/** plainLine is a log line without the terminal's colour codes. */
export function plainLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");
}
