import { api } from "../api/client";
import { unwrap } from "../api/problem";
import { useFetched } from "../api/useFetched";

/** useSecretNames is what a task was given in secret; that is not kept and a retry must be given it again. */
export function useSecretNames(id: string, wanted: boolean): readonly string[] {
  const { data } = useFetched(async () => {
    if (!wanted) return [];
    const task = await unwrap(api.GET("/api/scaffolder/v2/tasks/{id}", { params: { path: { id } } }));
    return task.state?.secrets ?? [];
  }, [id, wanted]);
  return data ?? [];
}
