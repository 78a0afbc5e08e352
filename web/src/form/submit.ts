import { api } from "../api/client";
import { formErrorsOf, messageOf, Problem } from "../api/problem";
import type { FormErrors } from "../api/types";
import type { Values } from "./schema";
import { parted } from "./secrets";

export type Outcome = { id: string } | { errors: FormErrors["errors"] };

/** submitForm begins a task, or gives the errors of a refused form. */
export async function submitForm(templateRef: string, filled: Values, secretPaths: ReadonlySet<string>): Promise<Outcome> {
  const { values, secrets } = parted(filled, secretPaths);
  const body = { templateRef, values, ...(secretPaths.size > 0 ? { secrets } : {}) };
  const { data, error, response } = await api.POST("/api/scaffolder/v2/tasks", { body });
  if (data) {
    return { id: data.id };
  }
  const errors = formErrorsOf(error);
  if (response.status === 400 && errors.length > 0) {
    return { errors };
  }
  throw new Problem(response.status, messageOf(error), JSON.stringify(error, null, 2));
}
