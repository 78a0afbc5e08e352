import { useEffect, useState, type Dispatch, type SetStateAction } from "react";
import { advance, type Speed } from "./player";

/** usePlayer moves the position while it plays, and stops at the end. */
export function usePlayer(length: number, position: number, onPosition: Dispatch<SetStateAction<number>>, autoplay: boolean, first: Speed) {
  const [wanted, setWanted] = useState(autoplay);
  const [speed, setSpeed] = useState(first);
  const playing = wanted && position < length;
  useEffect(() => {
    if (!playing) return;
    let before = performance.now();
    let frame = requestAnimationFrame(function tick(now) {
      const elapsed = Math.max(0, now - before) / 1000;
      before = now;
      onPosition((at) => advance(at, elapsed, speed, length));
      frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, length, onPosition]);
  const toggle = () => {
    if (position >= length) onPosition(0);
    setWanted(!playing);
  };
  const seek = (to: number) => {
    setWanted(false);
    onPosition(to);
  };
  return { playing, toggle, seek, speed, setSpeed };
}
