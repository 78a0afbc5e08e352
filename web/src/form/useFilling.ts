import { useEffect, useRef, useState } from "react";
import { keepDraft, readDraft } from "./draft";
import type { Form, Values } from "./schema";

/** Filling is a form on its way: what is filled in, and on which page one is; the one after the last is the review. */
export type Filling = { values: Values; page: number; setValues: (values: Values) => void; setPage: (page: number) => void };

/** useFilling keeps a form's draft in this tab, so that a reload loses nothing but secrets. */
export function useFilling(template: string, form: Form): Filling {
  const [values, setValues] = useState<Values>(() => readDraft(template).values);
  const [page, setPage] = useState(() => startOf(readDraft(template).page, form));
  const first = useRef(true);
  useEffect(() => {
    // What is only shown and not yet touched is no draft.
    if (first.current) first.current = false;
    else keepDraft(template, { values, page }, form.secrets);
  }, [template, values, page, form.secrets]);
  return { values, page, setValues, setPage };
}

/** A review without its secrets cannot be gone on with: they have to be typed again. */
function startOf(page: number, form: Form): number {
  return Math.min(page, form.secrets.size > 0 ? form.pages.length - 1 : form.pages.length);
}
