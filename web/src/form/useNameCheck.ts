import { useDebouncedValue } from "@mantine/hooks";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { NameCheck } from "../api/types";
import { useFetched } from "../api/useFetched";

const pause = 250; // ms without a keystroke before the name is asked about

/** useNameCheck asks whether a name is free; undefined until the answer for this very name is in. */
export function useNameCheck(name: string): NameCheck | undefined {
  const [settled] = useDebouncedValue(name, pause);
  const { data } = useFetched(async () => {
    if (settled === "") return undefined;
    return unwrap(api.GET("/api/pronto/v1/names/{name}", { params: { path: { name: settled } } }));
  }, [settled]);
  return data?.name === name ? data : undefined;
}
