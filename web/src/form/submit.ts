import { api } from "../api/client";
import { formErrorsOf, messageOf, Problem } from "../api/problem";
import type { FormErrors } from "../api/types";

export type Outcome = { id: string } | { errors: FormErrors["errors"] };

/** submitForm begins a task, or gives the errors of a refused form. */
export async function submitForm(template: string, filled: Record<string, unknown>, secretNames: ReadonlySet<string>): Promise<Outcome> {
  const values: Record<string, unknown> = {};
  const secrets: Record<string, string> = {};
  for (const [key, value] of Object.entries(filled)) {
    if (secretNames.has(key)) secrets[key] = String(value);
    else values[key] = value;
  }
  const body = { templateRef: `template:default/${template}`, values, ...(secretNames.size > 0 ? { secrets } : {}) };
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
