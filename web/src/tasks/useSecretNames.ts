import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Task } from "../api/types";
import { useFetched } from "../api/useFetched";
import { parseRef } from "../format/entity";
import { formOf } from "../form/schema";
import { templateOf } from "./steps";

/** useSecretNames is what a task's template asks for in secret; that is not kept and must be asked for again. */
export function useSecretNames(task: Task, wanted: boolean): readonly string[] {
  const ref = templateOf(task);
  const { data } = useFetched(async () => {
    if (!wanted || ref === "") return [];
    const path = parseRef(ref, "template");
    const form = await unwrap(api.GET("/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema", { params: { path } }));
    return [...formOf(form, { architectures: [], flags: new Set() }).secrets].map((name) => name.split(".").at(-1) ?? name);
  }, [ref, wanted]);
  return data ?? [];
}
