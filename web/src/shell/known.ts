const key = "pronto.known";

/** known is whether somebody was signed in here when the portal was asked last: most likely they still are. */
export const known = (): boolean => localStorage.getItem(key) !== null;

export function setKnown(is: boolean): void {
  if (is) localStorage.setItem(key, "1");
  else localStorage.removeItem(key);
}
