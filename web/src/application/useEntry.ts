import { useOutletContext } from "react-router";
import type { Entry } from "../live/reducer";

/** useEntry is the application whose page a section stands on, and when it was told of. */
export function useEntry(): Entry {
  return useOutletContext<Entry>();
}
