import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Facts } from "../components/Facts";
import page from "../components/Page.module.css";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";
import classes from "./Form.module.css";
import { rowsOf } from "./review";
import type { Form, Values } from "./schema";

type Props = { form: Form; values: Values; busy: boolean; labels: { back: string; create: string }; onBack: () => void; onSubmit: () => void };

/** Review is the last look before it begins. */
export function Review({ form, values, busy, labels, onBack, onSubmit }: Props) {
  const { t, said } = useWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const facts = rowsOf(form, values).map(({ key, label, value, mask }) => ({ key, label: said(label), value: mask ?? <Value value={value} /> }));
  return (
    <section aria-labelledby="review">
      <h2 id="review" className={page.heading}>{t("create.reviewTitle")}</h2>
      <p className={classes.lead}>{t("create.reviewText")}</p>
      {facts.length > 0 ? <Facts facts={facts} /> : <p className={classes.hint}>{t("form.nothingAsked")}</p>}
      <div className={classes.actions}>
        <Button ref={button} onClick={onSubmit} loading={busy}>
          {labels.create}
        </Button>
        <Button variant="default" onClick={onBack} disabled={busy}>
          {labels.back}
        </Button>
      </div>
    </section>
  );
}

function Value({ value }: { value: unknown }) {
  const { t } = useWords();
  if (typeof value === "boolean") return value ? t("create.yes") : t("create.no");
  if (typeof value === "string") return <span className={classes.reviewed} title={value}>{/^\w+:[\w.-]+\//.test(value) ? entityName(value) : value}</span>;
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.map((each) => (typeof each === "string" && /^\w+:[\w.-]+\//.test(each) ? entityName(each) : String(each))).join(", ");
  return <code className={classes.reviewed}>{JSON.stringify(value)}</code>;
}
