import { toErrorSchema, type ErrorSchema, type RJSFSchema, type RJSFValidationError, type ValidationData, type ValidatorType } from "@rjsf/utils";
import { Validator, type Schema } from "@cfworker/json-schema";
import { faultsOf } from "./faults";
import type { Fault } from "./messages";

/** FormValidator is rjsf's validator on a checker that needs no eval. */
export class FormValidator implements ValidatorType {
  private readonly say: (fault: Fault) => string;

  constructor(say: (fault: Fault) => string) {
    this.say = say;
  }

  validateFormData(data: unknown, schema: RJSFSchema): ValidationData<unknown> {
    const errors = this.errors(schema, data);
    return { errors, errorSchema: toErrorSchema(errors) };
  }

  isValid(schema: RJSFSchema, data: unknown, root: RJSFSchema): boolean {
    const whole = { ...(root.definitions ? { definitions: root.definitions } : {}), ...(root.$defs ? { $defs: root.$defs } : {}), ...schema };
    return new Validator(whole as Schema, "7", true).validate(data === undefined ? null : clean(data)).valid;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the interface has it
  rawValidation<Result>(schema: RJSFSchema, data?: unknown): { errors?: Result[] } {
    return { errors: this.errors(schema, data) as Result[] };
  }

  private errors(schema: RJSFSchema, data: unknown): RJSFValidationError[] {
    const seen = new Set<string>();
    return faultsOf(schema, clean(data))
      .filter(({ path }) => {
        const key = path.join("/");
        return !seen.has(key) && seen.add(key);
      })
      .map((fault) => ({ name: fault.keyword, property: `.${fault.path.join(".")}`, message: this.say(fault), stack: fault.message }));
  }
}

/** What was left empty is not there: undefined is no JSON. */
function clean(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data ?? {})) as unknown;
}

/** errorSchemaOf puts the server's errors at their fields. */
export function errorSchemaOf(errors: readonly { path: readonly string[]; message: string }[], say: (text: string) => string): ErrorSchema {
  return toErrorSchema(errors.map(({ path, message }) => ({ property: `.${path.join(".")}`, message: say(message), stack: message })));
}
