import { Button } from "@mantine/core";
import type { ErrorSchema } from "@rjsf/utils";
import { useEffect, useRef } from "react";
import { useWords } from "../i18n/I18n";
import classes from "./Form.module.css";
import { FormPage } from "./FormPage";
import { PageSteps } from "./PageSteps";
import type { Forge } from "./pickers/RepoUrlPicker";
import { Review } from "./Review";
import type { Form, Values } from "./schema";
import type { Filling } from "./useFilling";
import { useValidator } from "./useValidator";

/** Labels are the buttons' words, the template's own where it has some. */
export type Labels = { back: string; review: string; create: string };

type Props = {
  form: Form;
  filling: Filling;
  forge: Forge | undefined;
  labels: Labels;
  errors: ErrorSchema;
  blocking: boolean;
  busy: boolean;
  onSubmit: () => void;
};

/** FillForm leads through a form's pages, each checked before the next, to the review. */
export function FillForm({ form, filling, forge, labels, errors, blocking, busy, onSubmit }: Props) {
  const { t } = useWords();
  const validator = useValidator();
  const { values, page, setValues, setPage } = filling;
  const top = useRef<HTMLDivElement>(null);
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    if (!top.current?.querySelector("[autofocus], [data-autofocus='true']")) top.current?.focus();
    top.current?.scrollIntoView({ block: "nearest" });
  }, [page]);
  const at = form.pages[page];
  const done = (filled: Values) => {
    setValues(filled);
    setPage(page + 1);
  };
  return (
    <div ref={top} tabIndex={-1} className={classes.filling}>
      {form.pages.length > 1 && <PageSteps pages={form.pages} at={page} onGo={setPage} />}
      {at ? (
        <FormPage key={page} page={at} titled={form.pages.length > 1} values={values} validator={validator} forge={forge} errors={errors} blocking={blocking} onValues={setValues} onDone={done}>
          <div className={classes.actions}>
            <Button type="submit">{page === form.pages.length - 1 ? labels.review : t("form.next")}</Button>
            {page > 0 && (
              <Button variant="default" onClick={() => setPage(page - 1)}>
                {t("form.back")}
              </Button>
            )}
          </div>
        </FormPage>
      ) : (
        <Review form={form} values={values} busy={busy} labels={labels} onBack={() => setPage(form.pages.length - 1)} onSubmit={onSubmit} />
      )}
    </div>
  );
}
