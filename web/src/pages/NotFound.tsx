import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Empty } from "../components/Empty";
import { usePageTitle } from "../components/usePageTitle";
import { useWords } from "../i18n/I18n";

export function NotFound() {
  const { t } = useWords();
  usePageTitle(t("page.notFound"));
  return (
    <Empty alone title={t("page.notFound")} text={t("page.notFoundText")}>
      <Button component={Link} to="/">
        {t("app.toHome")}
      </Button>
    </Empty>
  );
}
