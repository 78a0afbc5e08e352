import { lazy, Suspense, type ComponentType } from "react";
import type { RouteObject } from "react-router";
import { RowsSkeleton } from "../components/PageSkeleton";
import { JourneyTab } from "../journey/JourneyTab";

/** later is a section that is loaded when it is first looked at. */
function later(load: () => Promise<{ default: ComponentType }>) {
  const Section = lazy(load);
  return (
    <Suspense fallback={<RowsSkeleton rows={6} />}>
      <Section />
    </Suspense>
  );
}

/** applicationRoutes are the sections of an application's page, each with its address. */
export const applicationRoutes: RouteObject[] = [
  { index: true, element: <JourneyTab /> },
  { path: "deliveries/:id", element: <JourneyTab /> },
  { path: "versions", element: later(() => import("../versions/Versions")) },
  { path: "runs", element: later(() => import("../runs/Runs")) },
  { path: "runs/:id", element: later(() => import("../runs/RunPage")) },
  { path: "resources", element: later(() => import("../resources/Resources")) },
  { path: "logs", element: later(() => import("../logs/PodLogs")) },
  { path: "metrics", element: later(() => import("../metrics/MetricsTab")) },
  { path: "files", element: later(() => import("../files/Files")) },
  { path: "settings", element: later(() => import("../settings/Settings")) },
];
