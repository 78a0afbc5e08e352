import { Skeleton } from "@mantine/core";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";
import { AppTabs } from "./AppTabs";

/** AppSkeleton is an application's page before anything is known but its name. */
export function AppSkeleton({ name }: { name: string }) {
  const { t } = useWords();
  return (
    <div aria-busy="true">
      <PageHead title={name} />
      <AppTabs name={name} />
      <div role="status" aria-label={t("loading")}>
        <Skeleton height={196} radius={12} mb={24} />
        <Skeleton height={18} width="30%" mb={16} />
        <Skeleton height={130} radius={12} />
      </div>
    </div>
  );
}
