import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Empty } from "../components/Empty";
import { usePageTitle } from "../components/usePageTitle";
import { useWords } from "../i18n/I18n";

export function AppMissing({ name }: { name: string }) {
  const { t } = useWords();
  usePageTitle(name);
  return (
    <Empty alone title={t("app.notFound", { name })} text={t("app.notFoundText")}>
      <Button component={Link} to="/">
        {t("app.toHome")}
      </Button>
    </Empty>
  );
}
