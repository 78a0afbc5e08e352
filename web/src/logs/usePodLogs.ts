import { useEffect, useState } from "react";
import type { LogLine } from "../api/types";
import { plainLine } from "../format/text";
import type { Line } from "./parse";

const kept = 5_000; // lines held in the page
const pause = 3_000; // ms before a stream that was refused is asked for again

/** usePodLogs follows the pods' logs. A new connection begins with the last lines again. */
export function usePodLogs(app: string): { lines: readonly Line[]; broken: boolean } {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waiting: Line[] = [];
    let frame = 0;
    const flush = () => {
      frame = 0;
      const added = waiting;
      waiting = [];
      setLines((before) => [...before, ...added].slice(-kept));
    };
    const open = () => {
      source = new EventSource(`/api/pronto/v1/apps/${encodeURIComponent(app)}/logs?follow=true&tail=200`);
      source.onopen = () => {
        waiting = [];
        setLines([]);
        setBroken(false);
      };
      source.onerror = () => {
        setBroken(true);
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, pause);
      };
      source.addEventListener("log", (message) => {
        waiting.push(lineOf(JSON.parse(message.data as string) as LogLine));
        frame ||= requestAnimationFrame(flush);
      });
    };
    open();
    return () => {
      source.close();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [app]);
  return { lines, broken };
}

function lineOf({ pod, time, text }: LogLine): Line {
  return { ...(time ? { time } : {}), from: pod.split("-").slice(-1)[0] ?? pod, text: plainLine(text), tone: "plain" };
}
