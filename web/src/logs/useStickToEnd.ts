import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const near = 24; // px from the end that still count as the end

/** useStickToEnd keeps a box at its end while it grows, until the reader scrolls up; a deciding line goes first. */
export function useStickToEnd(length: number, following: boolean, deciding: number | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const [sticking, setSticking] = useState(true);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onScroll = () => setSticking(element.scrollHeight - element.scrollTop - element.clientHeight < near);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (element && following && sticking) element.scrollTop = element.scrollHeight;
  }, [length, following, sticking]);

  useLayoutEffect(() => {
    const element = box.current;
    const line = element?.querySelector<HTMLElement>("[data-deciding]");
    if (element && line) element.scrollTop = line.offsetTop - element.clientHeight / 3;
  }, [deciding]);

  const stick = useCallback(() => setSticking(true), []);
  return { box, sticking, stick };
}
