import type { FormErrors } from "./types";

/** Problem is an answer that is not what was asked for. */
export class Problem extends Error {
  readonly status: number;
  readonly detail: string;

  constructor(status: number, message: string, detail = "") {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.detail = detail;
  }
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** unwrap gives the answer's data, or throws the Problem that it tells of. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await answer;
  } catch (cause) {
    throw new Problem(0, "", cause instanceof Error ? cause.message : String(cause));
  }
  if (!got.response.ok) {
    throw new Problem(got.response.status, messageOf(got.error), rawOf(got));
  }
  return got.data as T;
}

/** asProblem makes one of whatever was thrown. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) {
    return thrown;
  }
  return new Problem(0, "", thrown instanceof Error ? thrown.message : String(thrown));
}

/** formErrorsOf reads the errors of a refused form, if the answer is one. */
export function formErrorsOf(body: unknown): FormErrors["errors"] {
  const errors = field(body, "errors");
  return Array.isArray(errors) ? (errors as FormErrors["errors"]) : [];
}

/** messageOf reads the sentence out of Backstage's envelope. */
export function messageOf(body: unknown): string {
  const message = field(field(body, "error"), "message");
  return typeof message === "string" ? message : "";
}

function rawOf(answer: Answer<unknown>): string {
  const body = typeof answer.error === "string" ? answer.error : JSON.stringify(answer.error, null, 2);
  return `${answer.response.status} ${answer.response.url}\n${body}`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
