const absence = 30_000; // ms out of sight after which a connection is not trusted any more

/**
 * whenBack calls when the page is there again after a time in which a
 * connection may have died without a word: out of sight, offline, or kept by
 * the browser for the way back. It gives the function that ends it.
 */
export function whenBack(call: () => void): () => void {
  let left: number | undefined;
  const seen = () => {
    if (document.visibilityState === "hidden") {
      left ??= Date.now();
      return;
    }
    const away = left === undefined ? 0 : Date.now() - left;
    left = undefined;
    if (away >= absence) call();
  };
  const shown = (event: PageTransitionEvent) => {
    if (event.persisted) call();
  };
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("online", call);
  window.addEventListener("pageshow", shown);
  return () => {
    document.removeEventListener("visibilitychange", seen);
    window.removeEventListener("online", call);
    window.removeEventListener("pageshow", shown);
  };
}
