import { createContext, useContext } from "react";
import type { Me } from "../api/types";

export const MeContext = createContext<Me | undefined>(undefined);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) {
    throw new Error("useMe is used outside of MeContext");
  }
  return me;
}
