import { Button } from "@mantine/core";
import { Link } from "react-router";
import type { Deletion } from "../api/types";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";
import { DeletionSteps } from "./DeletionSteps";

/** AppGone shows the proof that nothing of an application is left. */
export function AppGone({ name, deletion }: { name: string; deletion: Deletion | undefined }) {
  const { t } = useWords();
  return (
    <>
      <PageHead title={t("delete.gone", { name })} lead={t("delete.goneText")}>
        <Button component={Link} to="/">
          {t("app.toHome")}
        </Button>
      </PageHead>
      {deletion && (
        <div className={page.panel}>
          <DeletionSteps deletion={deletion} />
        </div>
      )}
    </>
  );
}
