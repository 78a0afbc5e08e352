import { useEffect, useState } from "react";
import type { TaskEvent } from "../api/types";
import { merge } from "./taskState";

const kinds = ["log", "completion", "cancelled", "recovered"] as const;

/** useTaskEvents follows a task's stream until it completes. */
export function useTaskEvents(id: string): readonly TaskEvent[] {
  const [events, setEvents] = useState<readonly TaskEvent[]>([]);
  useEffect(() => {
    const source = new EventSource(`/api/scaffolder/v2/tasks/${encodeURIComponent(id)}/eventstream`);
    for (const kind of kinds) {
      source.addEventListener(kind, (message) => {
        setEvents((before) => merge(before, JSON.parse(message.data as string) as TaskEvent));
        // The server ends the stream here; the browser would open it again.
        if (kind === "completion" || kind === "cancelled") source.close();
      });
    }
    return () => source.close();
  }, [id]);
  return events;
}
