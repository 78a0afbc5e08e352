import { useEffect, useState } from "react";
import { Outlet, ScrollRestoration } from "react-router";
import type { Me } from "../api/types";
import { PageSkeleton } from "../components/PageSkeleton";
import { LiveContext } from "../live/LiveContext";
import { LiveStore } from "../live/store";
import { Frame } from "./Frame";
import { MeContext } from "./MeContext";
import { OfflineBar } from "./OfflineBar";
import { Tools } from "./Tools";

/**
 * Shell is what stands around every page, and keeps the one event stream open.
 * Its frame is there before it is known who is signed in; the rest is not.
 */
export function Shell({ me, refused }: { me: Me | undefined; refused: () => void }) {
  const [store] = useState(() => new LiveStore(refused));
  const inside = me !== undefined;
  useEffect(() => {
    if (!inside) return;
    store.open();
    return () => store.close();
  }, [store, inside]);
  return (
    <MeContext value={me}>
      <LiveContext value={store}>
        <Frame notice={inside && <OfflineBar />} tools={inside && <Tools />}>
          {inside ? <Outlet /> : <PageSkeleton />}
        </Frame>
        {inside && <ScrollRestoration />}
      </LiveContext>
    </MeContext>
  );
}
