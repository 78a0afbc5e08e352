import { createContext, useContext, useSyncExternalStore } from "react";
import type { LiveState } from "./reducer";
import type { LiveStore } from "./store";

export const LiveContext = createContext<LiveStore | undefined>(undefined);

export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) {
    throw new Error("useLiveStore is used outside of LiveContext");
  }
  return store;
}

export function useLive(): LiveState {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, store.get);
}
