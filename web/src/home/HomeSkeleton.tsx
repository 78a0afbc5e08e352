import { Skeleton } from "@mantine/core";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";

/** HomeSkeleton is the first page before anything is known: its title and the rows of a table. */
export function HomeSkeleton() {
  const { t } = useWords();
  return (
    <div aria-busy="true">
      <PageHead title={t("home.title")}>
        <Skeleton height={36} width={200} radius={7} />
      </PageHead>
      <div role="status" aria-label={t("loading")}>
        <Skeleton height={18} width={160} mb={20} />
        {[1, 2, 3, 4].map((row) => (
          <Skeleton key={row} height={22} mb={26} />
        ))}
      </div>
    </div>
  );
}
