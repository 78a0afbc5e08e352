import { Button } from "@mantine/core";
import page from "../components/Page.module.css";
import { Facts } from "../components/Facts";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";
import classes from "../pages/Create.module.css";
import type { Form } from "./schema";

type Props = { form: Form; values: Record<string, unknown>; busy: boolean; onBack: () => void; onSubmit: () => void };

/** Review is the last look before it begins. */
export function Review({ form, values, busy, onBack, onSubmit }: Props) {
  const { t, said } = useWords();
  const properties = (form.schema.properties ?? {}) as Record<string, { title?: string }>;
  const facts = Object.keys(properties)
    .filter((key) => values[key] !== undefined)
    .map((key) => ({ key, label: said(properties[key]?.title ?? key), value: form.secrets.has(key) ? "••••••" : shown(values[key], t("create.yes"), t("create.no")) }));
  return (
    <section aria-labelledby="review">
      <h2 id="review" className={page.heading}>{t("create.reviewTitle")}</h2>
      <p>{t("create.reviewText")}</p>
      <Facts facts={facts} />
      <div className={classes.actions}>
        <Button onClick={onSubmit} loading={busy} data-autofocus autoFocus>
          {t("create.submit", { name: typeof values.name === "string" ? values.name : "" })}
        </Button>
        <Button variant="default" onClick={onBack} disabled={busy}>
          {t("create.back")}
        </Button>
      </div>
    </section>
  );
}

function shown(value: unknown, yes: string, no: string): string {
  if (typeof value === "boolean") return value ? yes : no;
  if (typeof value === "string") return /^\w+:\w+\//.test(value) ? entityName(value) : value;
  return JSON.stringify(value);
}
