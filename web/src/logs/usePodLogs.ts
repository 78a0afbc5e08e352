import { useEffect, useState } from "react";
import type { LogLine } from "../api/types";
import { plainLine } from "../format/text";
import type { Line } from "./parse";

const kept = 5_000; // lines held in the page
const pause = 3_000; // ms before a stream that was refused is asked for again

type PodLines = { lines: readonly Line[]; /** Every pod that wrote since the page is open. */ pods: readonly string[]; broken: boolean };

/** usePodLogs follows the logs of all pods, or of one. A new connection begins with the last lines again. */
export function usePodLogs(app: string, pod: string): PodLines {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [pods, setPods] = useState<readonly string[]>([]);
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
      const only = pod === "" ? "" : `&pod=${encodeURIComponent(pod)}`;
      source = new EventSource(`/api/pronto/v1/apps/${encodeURIComponent(app)}/logs?follow=true&tail=200${only}`);
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
        const line = JSON.parse(message.data as string) as LogLine;
        waiting.push(lineOf(line));
        setPods((known) => (known.includes(line.pod) ? known : [...known, line.pod].sort()));
        frame ||= requestAnimationFrame(flush);
      });
    };
    open();
    return () => {
      source.close();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [app, pod]);
  return { lines, pods, broken };
}

function lineOf({ pod, time, text }: LogLine): Line {
  return { ...(time ? { time } : {}), from: pod.split("-").slice(-1)[0] ?? pod, text: plainLine(text), tone: "plain" };
}
