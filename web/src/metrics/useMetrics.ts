import { useEffect, useState } from "react";
import type { Metrics } from "../api/types";

const kept = 120; // samples: ten minutes at one each five seconds
const pause = 3_000; // ms before a stream that was refused is asked for again

export type Measured = { samples: readonly Metrics[]; broken: boolean };

/** useMetrics follows what an application's pods use. */
export function useMetrics(app: string): Measured {
  const [measured, setMeasured] = useState<Measured>({ samples: [], broken: false });
  useEffect(() => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(`/api/pronto/v1/apps/${encodeURIComponent(app)}/metrics?follow=true`);
      source.onerror = () => {
        setMeasured(({ samples }) => ({ samples, broken: true }));
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, pause);
      };
      source.addEventListener("metrics", (message) => {
        const sample = JSON.parse(message.data as string) as Metrics;
        setMeasured(({ samples }) => ({ samples: [...samples, sample].slice(-kept), broken: false }));
      });
    };
    open();
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [app]);
  return measured;
}
