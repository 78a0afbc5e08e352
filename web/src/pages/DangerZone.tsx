import { Button } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../i18n/I18n";
import classes from "./DangerZone.module.css";
import { DeleteDialog } from "./DeleteDialog";

/** DangerZone is where an application is deleted. */
export function DangerZone({ name }: { name: string }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  return (
    <section className={classes.danger} aria-labelledby="danger">
      <h2 id="danger">{t("delete.title")}</h2>
      <p>{t("delete.text", { name })}</p>
      <Button variant="outline" color="red" c="var(--bad)" onClick={() => setAsking(true)}>
        {t("delete.button", { name })}
      </Button>
      {asking && <DeleteDialog name={name} onClose={() => setAsking(false)} />}
    </section>
  );
}
