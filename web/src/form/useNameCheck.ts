import { useDebouncedValue } from "@mantine/hooks";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { NameCheck } from "../api/types";
import { useFetched } from "../api/useFetched";

const pause = 250; // ms without a keystroke before the name is asked about

/** useNameCheck asks whether a name is free and its owner may have one more; undefined until the answer for these very two is in. */
export function useNameCheck(name: string, owner: string): NameCheck | undefined {
  const [settled] = useDebouncedValue(`${name}\n${owner}`, pause);
  const { data } = useFetched(async () => {
    const [asked = "", whose = ""] = settled.split("\n");
    if (asked === "") return undefined;
    const check = await unwrap(api.GET("/api/pronto/v1/names/{name}", { params: { path: { name: asked }, query: whose === "" ? {} : { owner: whose } } }));
    return { check, asked: settled };
  }, [settled]);
  return data?.asked === `${name}\n${owner}` ? data.check : undefined;
}

/** takenBy says why a name cannot be had, or that it can. */
export function takenBy(check: NameCheck | undefined): string | undefined {
  if (!check || check.available) return undefined;
  return check.reason ?? check.checks.find(({ free }) => !free)?.reason ?? "";
}
